import numpy as np
import pytest

from forensics.detectors.values.target_stands_still import detect
from forensics.model.finding import Status
from forensics.model.meaning import Role
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, changed
from tests.detectors.values.series import batch, learning, lengths, parameter, returns, target


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_target_parameters_that_never_move_fire(change: Change) -> None:
    run = signals(parameter(10 + learning(40)), parameter(np.full(40, 9.88), Role.TARGET))
    finding = detect(changed(run, change))
    assert finding.status is Status.FIRED
    assert finding.figure is not None


@pytest.mark.parametrize(
    ("interval", "status"), [(1, Status.FIRED), (1_000, Status.FIRED), (10_000, Status.INCONCLUSIVE)]
)
def test_a_target_that_is_copied_at_intervals_longer_than_the_log_decides_nothing(
    interval: int, status: Status
) -> None:
    still = parameter(np.full(40, 9.88), Role.TARGET)
    run = signals(parameter(10 + learning(40)), still, config={"target_update_interval": interval})
    assert detect(run).status is status


def test_a_soft_target_lags_and_stays_clear() -> None:
    online = 10 + learning(40)
    assert detect(signals(parameter(online), parameter(0.97 * online, Role.TARGET))).status is Status.CLEAR


@pytest.mark.parametrize(("share", "status"), [(0.045, Status.FIRED), (0.055, Status.CLEAR)])
def test_a_twentieth_of_the_online_movement_is_the_limit(share: float, status: Status) -> None:
    online = np.linspace(0.0, 1.0, 40)
    assert detect(signals(parameter(10 + online), parameter(10 + share * online, Role.TARGET))).status is status


def test_targets_that_settle_at_one_reward_under_large_returns_fire() -> None:
    q = -7.0 + 0.1 * np.sin(np.arange(40))
    run = signals(
        batch(q), target(q), returns(np.full(40, -1400.0)), lengths(np.full(40, 200.0)), facts={"gamma": 0.98}
    )
    assert detect(run).status is Status.FIRED


def test_targets_that_grow_to_the_returns_do_not_fire() -> None:
    q = -learning(40, 260.0)
    run = signals(
        batch(q), target(q), returns(np.full(40, -1400.0)), lengths(np.full(40, 200.0)), facts={"gamma": 0.98}
    )
    assert detect(run).status is Status.INCONCLUSIVE


def test_a_critic_that_stands_still_too_shows_nothing() -> None:
    run = signals(parameter(np.full(40, 3.0)), parameter(np.full(40, 3.0), Role.TARGET))
    assert detect(run).status is Status.INCONCLUSIVE


def test_without_a_target_it_abstains() -> None:
    assert detect(signals(parameter(learning(40)))).status is Status.NOT_APPLICABLE
