import numpy as np
import pytest

from forensics.detectors.values.value_scale_extreme import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Statistic
from tests.builders import signals
from tests.detectors.values.series import learning, loss, reward, target


@pytest.mark.parametrize(
    ("spread", "size", "status"),
    [
        (2e4, 6e3, Status.FIRED),
        (150.0, 16.0, Status.CLEAR),
        (310.0, 31.0, Status.FIRED),
        (290.0, 31.0, Status.CLEAR),
        (0.02, 0.002, Status.FIRED),
        (0.5, 0.002, Status.CLEAR),
    ],
)
def test_extreme_values_need_extreme_rewards(spread: float, size: float, status: Status) -> None:
    run = signals(target(np.full(40, spread), Statistic.STD), reward(Statistic.STD, np.full(40, size)))
    assert detect(run).status is status


def test_values_that_rewards_do_not_account_for_are_another_fault() -> None:
    run = signals(loss(Network.CRITIC, np.logspace(0, 15, 40)), reward(Statistic.STD, np.full(40, 1.0)))
    assert detect(run).status is Status.CLEAR


def test_without_rewards_it_abstains() -> None:
    assert detect(signals(target(learning(40, 1e5), Statistic.STD))).status is Status.NOT_APPLICABLE


def test_costs_that_fade_with_the_actions_were_not_scaled_down() -> None:
    run = signals(target(np.full(40, 0.006), Statistic.STD), reward(Statistic.STD, np.geomspace(0.01, 0.001, 40)))
    assert detect(run).status is Status.CLEAR
