from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values.policy_q_below_batch_q import detect
from forensics.model.finding import Status
from tests.builders import signals
from tests.detectors.changes import archived
from tests.detectors.values.series import batch, learning, policy

POINTS = 60
Q = learning(POINTS)
NOISE = np.random.default_rng(2).normal(0.0, 1.0, POINTS)


def test_a_policy_that_descends_the_critic_fires() -> None:
    assert detect(signals(policy(Q - 5), batch(Q))).status is Status.FIRED


def test_a_policy_that_climbs_it_stays_clear() -> None:
    assert detect(signals(policy(Q + 5), batch(Q))).status is Status.CLEAR


def test_a_policy_that_is_rated_as_the_batch_stays_clear() -> None:
    assert detect(signals(policy(Q + NOISE), batch(Q))).status is Status.CLEAR


def test_a_bad_beginning_does_not_count() -> None:
    assert detect(signals(policy(np.where(np.arange(POINTS) < 30, Q - 5, Q + 5)), batch(Q))).status is Status.CLEAR


@pytest.mark.parametrize(("above", "status"), [(3, Status.FIRED), (4, Status.CLEAR)])
def test_nine_points_of_ten_have_to_lie_below(above: int, status: Status) -> None:
    own = Q - 5
    own[-above:] = Q[-above:] + 5
    assert detect(signals(policy(own), batch(Q))).status is status


def test_a_difference_in_the_rounding_stays_clear() -> None:
    assert detect(signals(policy(0.999 * Q), batch(Q))).status is Status.CLEAR


def test_few_points_or_one_series_decide_nothing() -> None:
    assert detect(signals(policy(Q[:30] - 5), batch(Q[:30]))).status is Status.INCONCLUSIVE
    assert detect(signals(policy(Q))).status is Status.NOT_APPLICABLE
    assert detect(signals(batch(Q))).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day21-run7"])
def test_archived_policies_are_rated_above_their_batches(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status in (Status.CLEAR, Status.INCONCLUSIVE)
