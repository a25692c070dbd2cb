"""A model that answers the same whatever it sees, and models that only look like it."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.detectors.config import learning_rate_out_of_range
from forensics.detectors.losses.answers_ignore_input import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal, Signals
from tests.builders import signal, signals
from tests.detectors.changes import Change, as_it_is, changed, shifted, thinned

RANDOM = np.random.default_rng(3)
TWO = np.where(RANDOM.random(30) < 0.4, 0.1008, 0.1066)
NOISE = 0.05 * RANDOM.normal(size=90)


def _run(accuracy: np.ndarray, loss: np.ndarray, rate: float = 1.0, name: str = "lr-Adam") -> Signals:
    made: list[Signal] = [
        signal("val_acc", accuracy, quantity=Quantity.ACCURACY, role=Role.VALIDATION),
        signal("train_loss", loss, quantity=Quantity.LOSS, network=Network.MODEL, role=Role.TRAIN),
        signal(name, np.full(30, rate), quantity=Quantity.LEARNING_RATE),
    ]
    return signals(*made)


@pytest.mark.parametrize("change", [as_it_is, shifted, thinned], ids=lambda change: change.__name__)
def test_two_answers_and_a_loss_that_stands_fire(change: Change) -> None:
    assert detect(changed(_run(TWO, 2.3 + NOISE), change)).status is Status.FIRED


@pytest.mark.parametrize(("share", "level", "status"), [
    (0.10, 2.31, Status.FIRED), (0.15, 2.31, Status.CLEAR), (0.10, 2.0, Status.CLEAR), (0.2, 2.31, Status.CLEAR),
])  # fmt: skip
def test_equal_odds_in_accuracy_and_loss_fire_wherever_they_began(share: float, level: float, status: Status) -> None:
    odds = share + 0.006 * RANDOM.normal(size=30)
    spike = np.r_[14.0, 5.0, np.full(88, level)] + 0.2 * NOISE
    assert detect(_run(odds, spike)).status is status


@pytest.mark.parametrize(
    ("accuracy", "loss"),
    [
        (TWO, np.linspace(2.3, 1.5, 90) + NOISE),
        (0.2 + 0.01 * RANDOM.normal(size=30), 2.3 + NOISE),
        (np.repeat([0.3, 0.5], 15), 2.3 + NOISE),
        (np.full(30, 0.98), 0.05 + 0.1 * NOISE),
    ],
    ids=["few held-out samples", "answers change", "a late jump", "right from the first epoch"],
)
def test_a_model_that_moves_is_clear(accuracy: np.ndarray, loss: np.ndarray) -> None:
    assert detect(_run(accuracy, loss)).status is Status.CLEAR


def test_it_abstains_without_accuracy_loss_or_points() -> None:
    for tag in ("val_acc", "train_loss"):
        left = [one for one in _run(TWO, 2.3 + NOISE).signals if one.tag != tag]
        assert detect(signals(*left)).status is Status.NOT_APPLICABLE
    assert detect(_run(TWO[:8], 2.3 + NOISE)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(
    ("rate", "name", "status"),
    [
        (1.0, "lr-Adam", Status.FIRED),
        (0.02, "lr-Adam", Status.CLEAR),
        (1.0, "lr-SGD", Status.NOT_APPLICABLE),
        (1.0, "lr", Status.NOT_APPLICABLE),
    ],
)
def test_such_a_model_shows_a_rate_that_adam_does_not_take(rate: float, name: str, status: Status) -> None:
    assert learning_rate_out_of_range.detect(_run(TWO, 2.3 + NOISE, rate, name)).status is status


def test_the_rate_of_a_model_that_learns_is_its_own_affair() -> None:
    learns = _run(np.linspace(0.1, 0.8, 30), np.linspace(2.3, 0.5, 90))
    assert learning_rate_out_of_range.detect(learns).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("change", [as_it_is, shifted, thinned], ids=lambda change: change.__name__)
def test_an_accuracy_in_whole_percents_repeats_wherever_learning_ended(change: Change) -> None:
    printed = np.round(0.845 + 0.004 * RANDOM.normal(size=30), 2)
    printed[printed > 0.85] = 0.85
    printed[printed < 0.84] = 0.84
    assert detect(changed(_run(printed, 0.5 + 0.1 * NOISE), change)).status is Status.INCONCLUSIVE
