"""Exact zeros: a dead path, a rhythm of logging, or a norm read at the wrong place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forensics.detectors.gradients import (
    alternating_zeros,
    gradient_died,
    zero_gradient,
    zero_gradient_from_start,
    zero_gradient_while_moving,
)
from forensics.model.finding import Finding, Status
from forensics.model.meaning import Axis, Module, Network
from forensics.signals.signals import Signals
from tests.builders import signals
from tests.detectors.gradients.norms import norm, parameter

POINTS = 40
RNG = np.random.default_rng(1)
ALIVE = RNG.uniform(0.1, 1.0, POINTS)
ZERO = np.zeros(POINTS)
DIES = np.where(np.arange(POINTS) < 12, ALIVE, 0.0)
EVERY_SECOND = np.where(np.arange(POINTS) % 2 == 0, ALIVE, 0.0)
MOVES = np.linspace(1, 2, POINTS)
STILL = np.ones(POINTS)
STOPS = np.where(np.arange(POINTS) < 4, MOVES, MOVES[3])

DETECTORS = {
    "zero-gradient": zero_gradient.detect,
    "zero-gradient-from-start": zero_gradient_from_start.detect,
    "gradient-died": gradient_died.detect,
    "alternating-zeros": alternating_zeros.detect,
    "zero-gradient-while-moving": zero_gradient_while_moving.detect,
}
CRITIC = norm(ALIVE, network=Network.CRITIC)
CASES: dict[str, tuple[Signals, set[str]]] = {
    "alive": (signals(norm(ALIVE), parameter(MOVES), CRITIC), set()),
    "never had one": (
        signals(norm(ZERO), parameter(STILL), CRITIC),
        {"zero-gradient", "zero-gradient-from-start"},
    ),
    "never had one, as far as is logged": (signals(norm(ZERO), CRITIC), {"zero-gradient"}),
    "never had one, logged from the first update on": (
        signals(norm(ZERO, steps=np.arange(1, POINTS + 1), axis=Axis.UPDATE), CRITIC),
        {"zero-gradient", "zero-gradient-from-start"},
    ),
    "died": (signals(norm(DIES), parameter(STOPS), CRITIC), {"zero-gradient", "gradient-died"}),
    "died before the log began": (
        signals(norm(ZERO), parameter(STOPS), CRITIC),
        {"zero-gradient", "gradient-died"},
    ),
    "logged between updates": (signals(norm(EVERY_SECOND), parameter(MOVES), CRITIC), {"alternating-zeros"}),
    "read after zero_grad": (signals(norm(ZERO), parameter(MOVES), CRITIC), {"zero-gradient-while-moving"}),
    "an encoder that is detached by design": (
        signals(norm(ZERO, Module.CNN), parameter(MOVES, Module.CNN), norm(ALIVE, Module.MLP), CRITIC),
        set(),
    ),
    "one dead batch": (signals(norm(np.where(np.arange(POINTS) == 7, 0, ALIVE)), CRITIC), set()),
}


@pytest.mark.parametrize(("seen", "fired"), CASES.values(), ids=CASES.keys())
def test_each_pattern_fires_what_it_shows_and_nothing_else(seen: Signals, fired: set[str]) -> None:
    assert {name for name, detect in DETECTORS.items() if detect(seen).status is Status.FIRED} == fired


@pytest.mark.parametrize("detect", DETECTORS.values(), ids=DETECTORS.keys())
def test_abstains_without_gradient_norms_and_says_how_to_log_them(detect: Callable[[Signals], Finding]) -> None:
    finding = detect(signals())
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.how_to_log


@pytest.mark.parametrize("keep", [slice(None, None, 2), slice(1, None, 2)])
def test_a_dead_path_is_seen_at_half_the_points(keep: slice) -> None:
    seen = signals(norm(DIES[keep]), parameter(STOPS[keep]), norm(ALIVE[keep], network=Network.CRITIC))
    assert zero_gradient.detect(seen).status is Status.FIRED
    assert gradient_died.detect(seen).status is Status.FIRED


def test_a_run_that_stopped_training_altogether_is_no_dead_network() -> None:
    seen = signals(norm(DIES), norm(DIES, network=Network.CRITIC))
    assert gradient_died.detect(seen).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("period", "fires"), [(2, True), (3, True), (10, True)])
def test_the_rhythm_is_named(period: int, fires: bool) -> None:
    values = np.where(np.arange(60) % period == 0, 1.0, 0.0)
    finding = alternating_zeros.detect(signals(norm(values)))
    assert (finding.status is Status.FIRED) is fires
    assert finding.values["period"] == period


def test_zeros_without_a_rhythm_are_none() -> None:
    values = np.where(RNG.random(60) < 0.5, 0.0, 1.0)
    assert alternating_zeros.detect(signals(norm(values))).status is Status.CLEAR


def test_whether_a_gradient_died_or_never_was_stays_open_without_its_parameters() -> None:
    seen = signals(norm(ZERO), CRITIC)
    assert gradient_died.detect(seen).status is Status.INCONCLUSIVE
    assert zero_gradient_from_start.detect(seen).status is Status.INCONCLUSIVE
