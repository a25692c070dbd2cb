"""A run that learns from a fixed data set is told from one that collects its own."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.detectors.data.learns_from_fixed_data import detect
from forensics.model.meaning import Axis, Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals

VALUES = np.linspace(1, 2, 20)


def critic(axis: Axis = Axis.UPDATE) -> Signal:
    return signal("critic_loss", VALUES, quantity=Quantity.LOSS, network=Network.CRITIC, axis=axis)


def evaluation() -> Signal:
    return signal("environment", VALUES, quantity=Quantity.EPISODIC_RETURN, role=Role.EVALUATION, axis=Axis.UPDATE)


def test_values_learned_by_updates_without_an_environment_fire() -> None:
    assert detect(signals(critic(), evaluation())).status == "fired"


@pytest.mark.parametrize(
    "sign",
    [
        signal("return", VALUES, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN, axis=Axis.UPDATE),
        signal("buffer", VALUES, quantity=Quantity.BUFFER_SIZE, axis=Axis.UPDATE),
        signal("noise", VALUES, quantity=Quantity.EXPLORATION_NOISE, axis=Axis.UPDATE),
        signal("anything", VALUES, axis=Axis.ENV_STEP),
    ],
    ids=lambda item: item.tag,
)
def test_a_sign_of_a_collecting_environment_is_clear(sign: Signal) -> None:
    assert detect(signals(critic(), sign)).status == "clear"


def test_an_axis_that_nobody_names_decides_nothing() -> None:
    assert detect(signals(critic(Axis.UNKNOWN))).status == "inconclusive"


def test_abstains_without_values() -> None:
    assert detect(signals(evaluation())).status == "not-applicable"
