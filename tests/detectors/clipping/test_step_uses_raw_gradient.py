"""How far plain SGD moved tells which gradient it used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forensics.detectors.clipping import step_uses_raw_gradient
from forensics.model.finding import Status
from forensics.model.meaning import ClipStage, Network, Quantity, Statistic
from forensics.signals.signals import Signal, Signals
from tests.builders import signal, signals

POINTS, LIMIT, RATE, SIZE = 40, 0.5, 0.02, 9.0
RAW = np.random.default_rng(0).uniform(0.2, 20.0, POINTS)
CLIPPED = np.minimum(RAW, LIMIT)


def seen(stepped: np.ndarray, raw: np.ndarray = RAW, *, without: str = "") -> Signals:
    """What is logged of a critic whose optimizer stepped with gradients of these norms."""
    own: dict[str, Any] = {"network": Network.CRITIC}
    found: dict[str, Signal] = {
        "ratio": signal("ratio", RATE * stepped / SIZE, quantity=Quantity.UPDATE_RATIO, **own),
        "size": signal("size", np.full(POINTS, SIZE), quantity=Quantity.PARAMETER, statistic=Statistic.NORM, **own),
        "rate": signal("rate", np.full(POINTS, RATE), quantity=Quantity.LEARNING_RATE, **own),
        "raw": signal("raw", raw, quantity=Quantity.GRADIENT_NORM, clip_stage=ClipStage.PRE, **own),
    }
    facts: dict[str, float | int | str] = {} if without == "limit" else {"clip_limit.critic": LIMIT}
    return signals(*(one for name, one in found.items() if name != without), facts=facts)


def test_fires_where_the_step_follows_the_raw_gradient() -> None:
    finding = step_uses_raw_gradient.detect(seen(RAW))
    assert finding.status is Status.FIRED
    assert finding.values["limit"] == LIMIT


def test_is_clear_where_the_step_follows_the_clipped_gradient() -> None:
    assert step_uses_raw_gradient.detect(seen(CLIPPED)).status is Status.CLEAR


@pytest.mark.parametrize("stepped", [np.full(POINTS, 3.0), RAW**0.5, RAW * 0.8], ids=["adam", "between", "momentum"])
def test_says_nothing_of_an_optimizer_that_moves_by_another_rule(stepped: np.ndarray) -> None:
    assert step_uses_raw_gradient.detect(seen(stepped)).status is Status.INCONCLUSIVE


def test_says_nothing_where_the_clip_had_nothing_to_do() -> None:
    small = np.full(POINTS, 1.4 * LIMIT)
    assert step_uses_raw_gradient.detect(seen(small, small)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize("without", ["ratio", "size", "rate", "raw", "limit"])
def test_abstains_without_any_of_its_evidence(without: str) -> None:
    assert step_uses_raw_gradient.detect(seen(RAW, without=without)).status is Status.NOT_APPLICABLE
