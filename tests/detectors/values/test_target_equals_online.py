import numpy as np

from forensics.detectors.values.target_equals_online import detect
from forensics.model.finding import Status
from forensics.model.meaning import Role
from tests.builders import signals
from tests.detectors.values.series import batch, learning, parameter, target

ONLINE = 10 + learning(40)


def test_a_target_copied_at_every_update_fires() -> None:
    assert detect(signals(parameter(ONLINE), parameter(ONLINE, Role.TARGET))).status is Status.FIRED


def test_a_soft_target_stays_clear() -> None:
    lagging = np.concatenate([ONLINE[:1], ONLINE[:-1]])
    assert detect(signals(parameter(ONLINE), parameter(lagging, Role.TARGET))).status is Status.CLEAR


def test_td_targets_near_q_show_nothing() -> None:
    assert detect(signals(batch(ONLINE), target(1.001 * ONLINE))).status is Status.INCONCLUSIVE


def test_a_tenth_of_the_points_may_lie_between_update_and_copy() -> None:
    copy = ONLINE.copy()
    copy[::10] *= 1.1
    assert detect(signals(parameter(ONLINE), parameter(copy, Role.TARGET))).status is Status.FIRED
    copy[::5] *= 1.1
    assert detect(signals(parameter(ONLINE), parameter(copy, Role.TARGET))).status is Status.CLEAR


def test_hard_copies_by_design_are_not_judged() -> None:
    run = signals(parameter(ONLINE), parameter(ONLINE, Role.TARGET), algorithm="dqn")
    assert detect(run).status is Status.INCONCLUSIVE


def test_without_a_target_it_abstains() -> None:
    assert detect(signals(batch(ONLINE))).status is Status.NOT_APPLICABLE


def test_an_average_that_lags_by_fewer_than_five_updates_fires() -> None:
    shift = np.interp(np.arange(40) - 0.02, np.arange(40), ONLINE)  # 2 of the 100 updates between two points
    finding = detect(signals(parameter(ONLINE), parameter(shift, Role.TARGET)))
    assert finding.status is Status.FIRED
    assert float(finding.values["lag"] or 0) < 5


def test_the_fastest_average_in_use_stays_clear() -> None:
    shift = np.interp(np.arange(40) - 0.2, np.arange(40), ONLINE)  # 20 updates: tau 0.05
    assert detect(signals(parameter(ONLINE), parameter(shift, Role.TARGET))).status is Status.CLEAR
