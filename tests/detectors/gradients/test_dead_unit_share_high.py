import numpy as np
import pytest

from forensics.detectors.gradients.dead_unit_share_high import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def share(values: np.ndarray, network: Network = Network.ACTOR, role: Role = Role.NONE) -> Signal:
    return signal(
        f"activations/{role}_{network}_dead_unit_share",
        values,
        quantity=Quantity.DEAD_UNIT_SHARE,
        network=network,
        role=role,
    )


def test_a_network_of_dead_units_fires() -> None:
    assert detect(signals(share(np.ones(20)), share(np.full(20, 0.1), Network.CRITIC))).status is Status.FIRED


def test_units_that_die_midway_fire_with_the_step_at_which_they_are_dead() -> None:
    finding = detect(signals(share(np.where(np.arange(20) < 6, 0.2, 1.0))))
    assert finding.status is Status.FIRED
    assert finding.onset == 700


@pytest.mark.parametrize("level", [0.02, 0.3, 0.6, 0.83])
def test_dead_units_among_living_ones_are_ordinary(level: float) -> None:
    assert detect(signals(share(np.full(20, level)))).status is Status.CLEAR


def test_units_that_wake_up_stay_clear() -> None:
    assert detect(signals(share(np.where(np.arange(20) < 8, 1.0, 0.3)))).status is Status.CLEAR


@pytest.mark.parametrize(("level", "status"), [(0.95, Status.FIRED), (0.949, Status.CLEAR)])
def test_nearly_all_units_have_to_be_dead(level: float, status: Status) -> None:
    assert detect(signals(share(np.full(20, level)))).status is status


def test_a_target_network_is_not_judged() -> None:
    assert detect(signals(share(np.ones(20), role=Role.TARGET))).status is Status.NOT_APPLICABLE


def test_without_enough_shares_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
    assert detect(signals(share(np.ones(4)))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("percent", "status"), [(4.0, Status.CLEAR), (99.0, Status.FIRED)])
def test_shares_in_percent_are_read_as_such(percent: float, status: Status) -> None:
    assert detect(signals(share(np.full(20, percent)))).status is status
