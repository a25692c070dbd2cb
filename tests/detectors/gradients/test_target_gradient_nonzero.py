import numpy as np
import pytest

from forensics.detectors.gradients.target_gradient_nonzero import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Role
from forensics.signals.signals import Signal
from tests.builders import signals
from tests.detectors.gradients.norms import norm


def target(values: np.ndarray) -> Signal:
    return norm(values, network=Network.CRITIC, role=Role.TARGET, tag="gradients/target_critic_norm")


def test_a_target_with_a_gradient_fires() -> None:
    assert detect(signals(target(np.full(20, 0.3)))).status is Status.FIRED


def test_a_target_without_one_stays_clear() -> None:
    assert detect(signals(target(np.zeros(20)))).status is Status.CLEAR


@pytest.mark.parametrize(("count", "status"), [(10, Status.FIRED), (9, Status.CLEAR)])
def test_it_takes_half_of_the_points(count: int, status: Status) -> None:
    assert detect(signals(target(np.where(np.arange(20) < count, 0.3, 0.0)))).status is status


def test_the_gradient_of_an_online_network_says_nothing() -> None:
    assert detect(signals(norm(np.ones(20), network=Network.CRITIC))).status is Status.NOT_APPLICABLE
    assert detect(signals(target(np.ones(4)))).status is Status.NOT_APPLICABLE
