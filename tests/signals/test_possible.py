"""A name is a claim, and numbers that cannot be what it says take it back."""

from __future__ import annotations

import math

import pytest

from forensics.model.evidence import Run
from forensics.model.meaning import Quantity
from forensics.signals.interpret import interpret
from tests.builders import series


def _read(tag: str, values: list[float], given: dict[str, dict[str, str]] | None = None) -> Quantity:
    (signal,) = interpret(Run(name="run", path="run", series=(series(tag, values * 3),)), given).signals
    return signal.meaning.quantity


@pytest.mark.parametrize(
    ("tag", "values", "quantity"),
    [
        ("train/done_ratio", [0.0, 0.5, 1.0], Quantity.DONE_SHARE),
        ("train/done_ratio", [10.0, 500.0, 9000.0], Quantity.OTHER),
        ("train/clip_fraction", [0.1, math.nan, 1.02], Quantity.CLIP_FRACTION),
        ("train/clip_fraction", [0.1, 30.0], Quantity.OTHER),
        ("train/explained_variance", [-900.0, 0.9], Quantity.EXPLAINED_VARIANCE),
        ("train/explained_variance", [0.5, 12.0], Quantity.OTHER),
        ("eval/success_rate", [0.0, 95.0], Quantity.SUCCESS_RATE),
        ("train/grad_norm", [0.5, -0.5], Quantity.OTHER),
        ("train/grad_norm", [0.5, math.inf], Quantity.GRADIENT_NORM),
        ("train/learning_rate", [3e-4, -4.0], Quantity.OTHER),
    ],
)
def test_a_quantity_stands_only_where_every_value_can_be_it(tag: str, values: list[float], quantity: Quantity) -> None:
    assert _read(tag, values) is quantity


def test_what_the_user_says_is_not_taken_back() -> None:
    given = {"x": {"quantity": "clip_fraction"}}
    assert _read("x", [0.1, 30.0], given) is Quantity.CLIP_FRACTION
