"""Before the actor has moved, one critic rates its actions as it rates the batch's."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.detectors.values.policy_q_off_from_start import THRESHOLDS, detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Statistic
from tests.builders import signal, signals
from tests.detectors.values.series import batch, batch_statistic, learning, loss, policy

POINTS = 40
Q = learning(POINTS)
SPREAD = batch_statistic(Statistic.STD, 0.5 * np.abs(Q) + 1.0)


def apart_by(factor: float, points: int) -> np.ndarray:
    """Q with its first points moved by a factor of its scale."""
    scale = np.maximum(np.abs(Q), SPREAD.values)
    return Q + np.where(np.arange(POINTS) < points, factor * scale, 0.0)


@pytest.mark.parametrize(("factor", "status"), [(0.98, Status.CLEAR), (1.02, Status.FIRED)])
def test_the_first_five_points_decide_at_the_limit(factor: float, status: Status) -> None:
    early = apart_by(factor * THRESHOLDS["ratio"].value, 5)
    assert detect(signals(policy(early), batch(Q), SPREAD)).status is status


def test_two_odd_points_do_not_decide() -> None:
    assert detect(signals(policy(apart_by(5.0, 2)), batch(Q), SPREAD)).status is Status.CLEAR


def test_what_drifts_apart_later_is_another_observation() -> None:
    later = Q + np.where(np.arange(POINTS) > 10, 50.0, 0.0)
    assert detect(signals(policy(later), batch(Q), SPREAD)).status is Status.CLEAR


def test_abstains_on_a_log_that_begins_late() -> None:
    counted = signal("updates", np.arange(POINTS) + 1_000, quantity=Quantity.UPDATE_COUNT)
    assert detect(signals(policy(apart_by(2.0, 5)), batch(Q), SPREAD, counted)).status is Status.NOT_APPLICABLE


def test_abstains_without_a_spread_without_the_batch_and_where_q_is_inferred_from_a_loss() -> None:
    early = policy(apart_by(2.0, 5))
    assert detect(signals(early, batch(Q))).status is Status.NOT_APPLICABLE
    assert detect(signals(early, SPREAD)).status is Status.NOT_APPLICABLE
    assert detect(signals(loss(Network.ACTOR, -Q), batch(Q), SPREAD)).status is Status.NOT_APPLICABLE
