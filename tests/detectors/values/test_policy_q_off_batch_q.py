from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values.policy_q_off_batch_q import THRESHOLDS, detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Statistic
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.values.series import batch, batch_statistic, learning, loss, policy

SEED_RUNS = ("seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7")
HEALTHY = ("ray-sac-halfcheetah-2021", "mnee-ppo-next", "d3-td3bc-hopper-medium", "concept-ppo-starpilot")


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", SEED_RUNS)
def test_an_actor_that_reads_the_critic_on_foreign_features_fires(
    archived_runs: Path, name: str, change: Change
) -> None:
    finding = detect(changed(archived(archived_runs / name), change))
    assert finding.status is Status.FIRED
    assert finding.evidence
    assert finding.figure is not None


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_runs_of_other_frameworks_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is not Status.FIRED


def test_normalised_foreign_features_fire_at_a_steady_factor() -> None:
    q = learning(40)
    assert detect(signals(policy(10 * q), batch(q), batch_statistic(Statistic.STD, 0.3 * q))).status is Status.FIRED


def test_an_advantage_of_a_tenth_is_ordinary() -> None:
    q = learning(40)
    assert detect(signals(policy(1.09 * q), batch(q), batch_statistic(Statistic.STD, 0.5 * q))).status is Status.CLEAR


@pytest.mark.parametrize(("factor", "status"), [(0.99, Status.INCONCLUSIVE), (1.01, Status.FIRED)])
def test_the_limit_is_where_the_threshold_says(factor: float, status: Status) -> None:
    q = np.full(20, 50.0)
    apart = 1 + factor * THRESHOLDS["ratio"].value
    assert detect(signals(policy(apart * q), batch(q), batch_statistic(Statistic.STD, 0.5 * q))).status is status


def test_q_that_crosses_zero_is_judged_by_its_spread() -> None:
    q = np.linspace(-1.0, 1.0, 40)
    assert (
        detect(signals(policy(q + 1), batch(q), batch_statistic(Statistic.STD, np.full(40, 20.0)))).status
        is Status.CLEAR
    )


def test_the_loss_of_a_cloning_actor_is_not_taken_for_q() -> None:
    run = signals(loss(Network.ACTOR, np.full(40, -2.4)), batch(learning(40, 200.0)), algorithm="td3")
    assert detect(run).status is Status.NOT_APPLICABLE


def test_the_loss_of_an_actor_with_an_entropy_bonus_is_not_taken_for_q() -> None:
    entropy = signal("train/ent_coef", np.full(40, 0.1), quantity=Quantity.ENTROPY_COEFFICIENT)
    run = signals(loss(Network.ACTOR, -np.logspace(0, 6, 40)), batch(learning(40)), entropy, algorithm="sac")
    assert detect(run).status is Status.NOT_APPLICABLE


def test_four_points_decide_nothing() -> None:
    assert detect(signals(policy(np.full(4, 1e6)), batch(np.ones(4)))).status is Status.INCONCLUSIVE


def test_without_q_on_the_batch_it_says_how_to_log_it() -> None:
    finding = detect(signals(policy(learning(40))))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.missing == ["mean Q on the replay batch"]
    assert finding.how_to_log
