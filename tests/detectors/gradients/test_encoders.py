"""An encoder that nothing trains, parameters that ask for no gradient, and modules that compute in vain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forensics.detectors.gradients import encoder_never_trained, gradient_switched_off, idle_module_computes
from forensics.model.finding import Status
from forensics.model.meaning import Module, Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.gradients.norms import norm, parameter

POINTS = 40
ALIVE = np.random.default_rng(1).uniform(0.1, 1.0, POINTS)
ZERO, STILL, MOVES = np.zeros(POINTS), np.ones(POINTS), np.linspace(1, 2, POINTS)
CRITIC, CNN, MLP = Network.CRITIC, Module.CNN, Module.MLP
HEAD = (norm(ALIVE, MLP, CRITIC), parameter(MOVES, MLP, CRITIC))


def share(value: float, module: Module = CNN, quantity: Quantity = Quantity.TRAINABLE_SHARE, **fields: Any) -> Signal:
    return signal(
        f"{quantity}_{module}_{value}",
        np.full(POINTS, value),
        quantity=quantity,
        network=CRITIC,
        module=module,
        **fields,
    )


def test_an_encoder_without_gradient_that_never_moves_beside_a_head_that_does() -> None:
    seen = signals(norm(ZERO, CNN, CRITIC), parameter(STILL, CNN, CRITIC), *HEAD)
    assert encoder_never_trained.detect(seen).status is Status.FIRED


@pytest.mark.parametrize(
    ("gradient", "parameters"),
    [(ZERO, MOVES), (ALIVE, MOVES), (ALIVE, STILL)],
    ids=["by another loss", "own", "missing"],
)
def test_an_encoder_that_has_a_gradient_or_moves_is_no_such_case(gradient: np.ndarray, parameters: np.ndarray) -> None:
    seen = signals(norm(gradient, CNN, CRITIC), parameter(parameters, CNN, CRITIC), *HEAD)
    assert encoder_never_trained.detect(seen).status is Status.CLEAR


def test_an_actor_encoder_without_gradient_is_right_where_the_critic_trains_its_own() -> None:
    seen = signals(
        norm(ZERO, CNN), parameter(STILL, CNN), norm(ALIVE, CNN, CRITIC), parameter(MOVES, CNN, CRITIC), *HEAD
    )
    assert encoder_never_trained.detect(seen).status is Status.CLEAR


def test_an_encoder_frozen_by_the_configuration_decides_nothing() -> None:
    seen = signals(
        norm(ZERO, CNN, CRITIC), parameter(STILL, CNN, CRITIC), *HEAD, config={"networks.freeze_encoder": True}
    )
    assert encoder_never_trained.detect(seen).status is Status.INCONCLUSIVE


def test_a_run_in_which_nothing_moves_decides_nothing() -> None:
    seen = signals(norm(ZERO, CNN, CRITIC), parameter(STILL, CNN, CRITIC), parameter(STILL, MLP, CRITIC))
    assert encoder_never_trained.detect(seen).status is Status.INCONCLUSIVE


@pytest.mark.parametrize("left", [(norm(ZERO, CNN, CRITIC),), (parameter(STILL, CNN, CRITIC),)])
def test_abstains_without_the_gradient_or_the_parameters_of_an_encoder(left: tuple[Signal, ...]) -> None:
    assert encoder_never_trained.detect(signals(*left, *HEAD)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("value", "status"), [(1.0, Status.CLEAR), (0.99, Status.FIRED), (0.0, Status.FIRED)])
def test_parameters_that_ask_for_no_gradient(value: float, status: Status) -> None:
    assert gradient_switched_off.detect(signals(share(value))).status is status


def test_target_networks_ask_for_none_and_frozen_modules_may_be_declared() -> None:
    assert gradient_switched_off.detect(signals(share(0.0, role=Role.TARGET))).status is Status.NOT_APPLICABLE
    declared = gradient_switched_off.detect(signals(share(0.0), config={"freeze_encoder": True}))
    assert declared.status is Status.INCONCLUSIVE


def test_a_module_without_gradient_that_computes() -> None:
    activations = share(0.1, MLP, Quantity.DEAD_UNIT_SHARE)
    idle, alive = norm(ZERO, MLP, CRITIC), norm(ALIVE, MLP, CRITIC)
    assert idle_module_computes.detect(signals(idle, activations)).status is Status.FIRED
    assert idle_module_computes.detect(signals(alive, activations)).status is Status.CLEAR
    assert idle_module_computes.detect(signals(idle)).status is Status.NOT_APPLICABLE
    assert (
        idle_module_computes.detect(signals(idle, share(0.1, CNN, Quantity.DEAD_UNIT_SHARE))).status
        is Status.NOT_APPLICABLE
    )
