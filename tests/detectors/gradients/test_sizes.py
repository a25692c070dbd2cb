"""Gradients that explode or vanish, and steps that are too large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forensics.detectors.gradients import exploding_gradient, update_ratio_high, vanishing_gradient
from forensics.model.finding import Finding
from forensics.model.meaning import ClipStage, Network, Quantity
from forensics.signals.signals import Signal, Signals
from tests.builders import signal, signals
from tests.detectors.gradients.norms import norm

POINTS = 40
RNG = np.random.default_rng(2)
NOISE = np.exp(0.3 * RNG.normal(size=POINTS))


@pytest.mark.parametrize(
    ("values", "status"),
    [
        (np.logspace(0, 5, POINTS) * NOISE, "fired"),
        (np.logspace(0, 1.3, POINTS) * NOISE, "clear"),
        (NOISE, "clear"),
        (np.logspace(5, 0, POINTS) * NOISE, "clear"),
    ],
    ids=["five decades", "grows with the returns", "steady", "falls"],
)
def test_an_explosion_is_growth_by_decades(values: np.ndarray, status: str) -> None:
    assert exploding_gradient.detect(signals(norm(values))).status == status
    assert exploding_gradient.detect(signals(norm(values[::2]))).status == status


def test_a_norm_after_clipping_cannot_show_an_explosion() -> None:
    post = norm(np.logspace(0, 5, POINTS), clip_stage=ClipStage.POST)
    assert exploding_gradient.detect(signals(post)).status == "not-applicable"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        (np.logspace(0, -8, POINTS) * NOISE, "fired"),
        (np.where(np.arange(POINTS) % 3 == 0, 3e-8, 0.0), "fired"),
        (np.logspace(1, -2, POINTS) * NOISE, "clear"),
        (NOISE, "clear"),
        (np.zeros(POINTS), "not-applicable"),
    ],
    ids=["eight decades down", "below the optimizer's floor", "converges", "steady", "0 throughout"],
)
def test_vanishing_is_told_from_converging(values: np.ndarray, status: str) -> None:
    assert vanishing_gradient.detect(signals(norm(values))).status == status


def ratio(values: np.ndarray) -> Signal:
    return signal("actor_update_ratio", values, quantity=Quantity.UPDATE_RATIO, network=Network.ACTOR)


@pytest.mark.parametrize(("level", "status"), [(3e-3, "clear"), (0.9e-2, "clear"), (1.1e-2, "fired"), (0.3, "fired")])
def test_a_hundredth_of_the_parameters_is_a_large_step(level: float, status: str) -> None:
    assert update_ratio_high.detect(signals(ratio(np.full(POINTS, level)))).status == status


def test_a_large_step_at_the_start_alone_does_not_count() -> None:
    values = np.where(np.arange(POINTS) < 8, 0.1, 1e-3)
    assert update_ratio_high.detect(signals(ratio(values))).status == "clear"


@pytest.mark.parametrize("detect", [exploding_gradient.detect, vanishing_gradient.detect, update_ratio_high.detect])
def test_abstains_without_its_evidence(detect: Callable[[Signals], Finding]) -> None:
    assert detect(signals()).status == "not-applicable"
