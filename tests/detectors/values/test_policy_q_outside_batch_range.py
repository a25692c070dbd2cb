from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values.policy_q_outside_batch_range import detect
from forensics.model.finding import Status
from forensics.model.meaning import Statistic
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.values.series import batch_statistic, learning, policy


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7"])
def test_a_mean_beyond_every_single_value_fires(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.FIRED


@pytest.mark.parametrize(("excess", "status"), [(0.9, Status.CLEAR), (1.1, Status.FIRED)])
def test_one_standard_deviation_outside_is_the_limit(excess: float, status: Status) -> None:
    q = learning(30)
    run = signals(
        policy(2 * q + excess * q / 2),
        batch_statistic(Statistic.MIN, q / 2),
        batch_statistic(Statistic.MAX, 2 * q),
        batch_statistic(Statistic.STD, q / 2),
    )
    assert detect(run).status is status


def test_a_start_before_q_has_a_range_is_passed_over() -> None:
    q = learning(40)
    own = q.copy()
    own[:4] += 100
    run = signals(policy(own), batch_statistic(Statistic.MIN, q - 5), batch_statistic(Statistic.MAX, q + 5))
    assert detect(run).status is Status.CLEAR


def test_below_the_smallest_value_fires_too() -> None:
    q = learning(40)
    run = signals(policy(q - 50), batch_statistic(Statistic.MIN, q - 5), batch_statistic(Statistic.MAX, q + 5))
    assert detect(run).status is Status.FIRED


def test_without_the_range_it_names_what_is_missing() -> None:
    finding = detect(signals(policy(learning(40)), batch_statistic(Statistic.MAX, learning(40))))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.missing == ["lowest Q on the batch"]


def test_three_points_decide_nothing() -> None:
    q = np.ones(3)
    run = signals(policy(100 * q), batch_statistic(Statistic.MIN, q), batch_statistic(Statistic.MAX, 2 * q))
    assert detect(run).status is Status.INCONCLUSIVE
