import numpy as np
import pytest

from forensics.detectors.losses.critic_loss_vanishes import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Statistic
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, changed
from tests.detectors.values.series import lengths, loss, returns, reward

FROZEN = 1e-3 + 10 * np.exp(-np.linspace(0, 12, 80))
HEALTHY = 0.4 + 10 * np.exp(-np.linspace(0, 12, 80)) + np.linspace(0, 0.4, 80)
REWARDS = reward(Statistic.MEAN, np.full(80, -7.0))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_an_error_of_nothing_under_rewards_of_seven_fires(change: Change) -> None:
    assert detect(changed(signals(loss(Network.CRITIC, FROZEN), REWARDS), change)).status is Status.FIRED


def test_an_ordinary_critic_keeps_an_error() -> None:
    assert detect(signals(loss(Network.CRITIC, HEALTHY), REWARDS)).status is Status.CLEAR


@pytest.mark.parametrize(("size", "status"), [(3.0, Status.CLEAR), (3.5, Status.FIRED)])
def test_a_hundredth_of_a_reward_is_the_limit(size: float, status: Status) -> None:
    run = signals(loss(Network.CRITIC, FROZEN), reward(Statistic.MEAN, np.full(80, size)))
    assert detect(run).status is status


def test_return_over_length_stands_in_for_the_reward() -> None:
    run = signals(loss(Network.CRITIC, FROZEN), returns(np.full(30, -1400.0)), lengths(np.full(30, 200.0)))
    assert detect(run).status is Status.FIRED


def test_with_no_reward_at_all_a_vanishing_loss_is_right() -> None:
    run = signals(loss(Network.CRITIC, FROZEN), reward(Statistic.MEAN, np.zeros(80)))
    assert detect(run).status is Status.INCONCLUSIVE


def test_without_rewards_it_abstains() -> None:
    assert detect(signals(loss(Network.CRITIC, FROZEN))).status is Status.NOT_APPLICABLE
