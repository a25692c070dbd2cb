"""Saturation from the first point on is told from saturation that was learned."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.detectors.policy.saturated_throughout import detect
from forensics.model.meaning import Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def share(values: object) -> Signal:
    return signal("saturation", np.asarray(values), quantity=Quantity.SATURATION_SHARE, network=Network.ACTOR)


@pytest.mark.parametrize("scale", [1.0, 100.0], ids=["share", "percent"])
@pytest.mark.parametrize(("low", "status"), [(1.0, "fired"), (0.96, "fired"), (0.94, "clear")])
def test_the_lowest_share_decides(low: float, status: str, scale: float) -> None:
    values = np.ones(40)
    values[::4] = low
    assert detect(signals(share(values * scale))).status == status


def test_a_policy_that_learned_to_act_at_its_bounds_is_clear() -> None:
    assert detect(signals(share(np.clip(np.linspace(0, 2, 40), 0, 1)))).status == "clear"


def test_abstains_on_few_points_and_without_the_share() -> None:
    assert detect(signals(share(np.ones(5)))).status == "inconclusive"
    assert detect(signals()).status == "not-applicable"
