"""Parameters that never move, and parameters that move in one direction."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.detectors.gradients import gradient_without_update, parameter_drift_linear, parameters_frozen
from forensics.model.meaning import Module, Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.gradients.norms import norm, parameter

POINTS = 40
MOVES = np.linspace(1, 1.2, POINTS)
STILL = np.ones(POINTS)
ALIVE = np.random.default_rng(3).uniform(0.1, 1, POINTS)


def test_a_constant_module_beside_a_moving_one_is_frozen() -> None:
    finding = parameters_frozen.detect(signals(parameter(STILL), parameter(MOVES, network=Network.CRITIC)))
    assert finding.status == "fired"
    assert "actor" in finding.statement


def test_a_target_network_may_stand_still() -> None:
    target = parameter(STILL, network=Network.CRITIC, role=Role.TARGET)
    assert parameters_frozen.detect(signals(target, parameter(MOVES))).status == "clear"


def test_nothing_that_moves_at_all_decides_nothing() -> None:
    both = parameter(STILL), parameter(STILL, network=Network.CRITIC)
    assert parameters_frozen.detect(signals(*both)).status == "inconclusive"


def test_a_mean_that_is_constant_beside_a_moving_norm_of_the_same_module_is_not_frozen() -> None:
    both = parameter(STILL, tag="mean"), parameter(MOVES, tag="std")
    assert parameters_frozen.detect(signals(*both)).status == "clear"


@pytest.mark.parametrize(
    ("config", "status"),
    [
        ({"freeze_encoder": True}, "inconclusive"),
        ({"model.freeze": "cnn"}, "inconclusive"),
        ({"freeze_encoder": False}, "fired"),
        ({"freeze_critic": True}, "fired"),
    ],
)
def test_freezing_that_the_configuration_declares_is_no_observation_of_a_fault(
    config: dict[str, object], status: str
) -> None:
    seen = signals(parameter(STILL, Module.CNN), parameter(MOVES, Module.MLP), config=config)
    assert parameters_frozen.detect(seen).status == status


def test_a_gradient_that_moves_nothing_is_never_applied() -> None:
    critic = parameter(MOVES, network=Network.CRITIC)
    assert gradient_without_update.detect(signals(norm(ALIVE), parameter(STILL), critic)).status == "fired"
    assert gradient_without_update.detect(signals(norm(ALIVE), parameter(MOVES), critic)).status == "clear"
    assert gradient_without_update.detect(signals(norm(0 * ALIVE), parameter(STILL), critic)).status == "clear"
    assert gradient_without_update.detect(signals(norm(ALIVE), critic)).status == "not-applicable"


def test_a_gradient_of_one_module_says_nothing_of_another() -> None:
    seen = signals(norm(ALIVE, Module.MLP), parameter(STILL, Module.CNN), parameter(MOVES, Module.MLP))
    assert gradient_without_update.detect(seen).status == "clear"


def _rate(value: float) -> Signal:
    return signal("agent/actor_lr", np.full(POINTS, value), quantity=Quantity.LEARNING_RATE, network=Network.ACTOR)


STEPS = np.arange(1, POINTS + 1) * 100


@pytest.mark.parametrize(("kappa", "status"), [(0.9, "fired"), (0.55, "fired"), (0.4, "clear"), (0.1, "clear")])
def test_one_step_an_update_in_one_direction_is_a_drift(kappa: float, status: str) -> None:
    spread = np.sqrt(0.05**2 + (kappa * 1e-3 * (STEPS - STEPS[0])) ** 2)
    seen = signals(parameter(spread, Module.CNN), _rate(1e-3), facts={"learning_starts": 0})
    finding = parameter_drift_linear.detect(seen)
    assert finding.status == status
    assert finding.values["kappa"] == pytest.approx(kappa, rel=0.02)


def test_delayed_policy_updates_are_counted_as_such() -> None:
    spread = np.sqrt(0.05**2 + (0.9e-3 * (STEPS - STEPS[0]) / 2) ** 2)
    rate = _rate(1e-3)
    once = parameter_drift_linear.detect(signals(parameter(spread, Module.CNN), rate))
    delayed = parameter_drift_linear.detect(signals(parameter(spread, Module.CNN), rate, algorithm="td3"))
    assert (once.status, delayed.status) == ("clear", "fired")


def test_without_a_learning_rate_a_straight_line_counts_for_the_actor_alone() -> None:
    line = np.linspace(0.05, 1.0, POINTS)
    assert parameter_drift_linear.detect(signals(parameter(line))).status == "fired"
    assert parameter_drift_linear.detect(signals(parameter(line, network=Network.CRITIC))).status == "clear"


def test_too_few_updates_decide_nothing() -> None:
    few = parameter(np.linspace(0.05, 1, POINTS), steps=np.arange(POINTS))
    assert parameter_drift_linear.detect(signals(few)).status == "not-applicable"
