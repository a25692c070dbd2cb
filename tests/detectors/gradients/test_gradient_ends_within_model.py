"""Parts of a person's own model: which of them the gradient reaches."""

from typing import Any

import numpy as np
import pytest

from forensics.detectors.gradients import (
    gradient_ends_within_model,
    gradient_without_update,
    idle_module_computes,
    parameters_frozen,
    update_ratio_high,
)
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal, signals

POINTS = 30
ALIVE = np.random.default_rng(3).uniform(0.1, 1.0, POINTS)
ZERO = np.zeros(POINTS)
STEADY = np.ones(POINTS)


def part(tag: str, values: np.ndarray, quantity: Quantity = Quantity.GRADIENT_NORM) -> Signal:
    statistic = Statistic.NORM if quantity is Quantity.PARAMETER else Statistic.VALUE
    return signal(tag, values, quantity=quantity, network=Network.NONE, statistic=statistic)


@pytest.mark.parametrize(("context", "status"), [(ZERO, Status.FIRED), (ALIVE, Status.CLEAR)])
def test_a_part_without_gradient_beside_one_that_has_it_fires(context: np.ndarray, status: Status) -> None:
    run = signals(part("grad_norm/context", context), part("grad_norm/head", ALIVE))
    assert gradient_ends_within_model.detect(run).status is status


@pytest.mark.parametrize("declared", [{"freeze_backbone": True}, {}])
def test_what_the_configuration_freezes_is_no_fault(declared: dict[str, Any]) -> None:
    run = signals(part("grad_norm/backbone", ZERO), part("grad_norm/head", ALIVE), config=declared)
    expected = Status.INCONCLUSIVE if declared else Status.FIRED
    assert gradient_ends_within_model.detect(run).status is expected


def test_a_single_norm_has_no_parts() -> None:
    assert gradient_ends_within_model.detect(signals(part("train/grad_norm", ZERO))).status is Status.NOT_APPLICABLE


def test_parts_are_matched_by_their_own_names() -> None:
    grad = part("grad_norm/features", ALIVE)
    other = part("update_ratio/context", ZERO, Quantity.UPDATE_RATIO)
    own = part("update_ratio/features", ZERO, Quantity.UPDATE_RATIO)
    assert gradient_without_update.detect(signals(grad, other)).status is Status.NOT_APPLICABLE
    assert gradient_without_update.detect(signals(grad, own)).status is Status.FIRED


@pytest.mark.parametrize(
    ("tag", "status"), [("activations/hidden_dead_fraction", Status.NOT_APPLICABLE), ("dead/context", Status.FIRED)]
)
def test_activations_speak_for_their_own_part(tag: str, status: Status) -> None:
    idle = part("grad_norm/context", ZERO)
    shares = part(tag, np.full(7, 0.2), Quantity.DEAD_UNIT_SHARE)
    assert idle_module_computes.detect(signals(idle, shares)).status is status


def test_one_part_a_little_above_the_limit_weighs_less_than_all_or_far_above() -> None:
    def leak(*levels: float) -> float:
        found = update_ratio_high.detect(
            signals(
                *(part(f"update_ratio/{at}", level * STEADY, Quantity.UPDATE_RATIO) for at, level in enumerate(levels))
            )
        )
        assert found.status is Status.FIRED
        assert found.leak is not None
        return found.leak

    assert leak(0.011, 0.002) > 2 * leak(0.2, 0.002)
    assert leak(0.2, 0.002) == leak(0.011, 0.012)


def test_a_part_of_a_model_may_be_frozen_on_purpose() -> None:
    still, moving = np.full(POINTS, 3.28), np.linspace(1, 2, POINTS)
    found = parameters_frozen.detect(
        signals(
            part("param_norm/features", still, Quantity.PARAMETER), part("param_norm/head", moving, Quantity.PARAMETER)
        )
    )
    assert found.status is Status.FIRED
    assert found.leak == pytest.approx(0.05, rel=0.5)
