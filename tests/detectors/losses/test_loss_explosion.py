from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.losses.loss_explosion import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.values.series import learning, loss, returns

SEED_RUNS = ("seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7")
HEALTHY = (
    "ray-sac-halfcheetah-2021",
    "ray-impala-spaceinvaders",
    "d3-td3bc-hopper-medium",
    "concept-ppo-starpilot",
    "mnee-ppo-next",
    "idrees-vae-v1",
    "nanogpt-adamw",
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", SEED_RUNS)
def test_an_exploding_actor_objective_fires_and_is_named(archived_runs: Path, name: str, change: Change) -> None:
    finding = detect(changed(archived(archived_runs / name), change))
    assert finding.status is Status.FIRED
    assert finding.evidence[0].tag == "train/actor_loss"
    assert finding.statement.startswith("|train/actor_loss|")


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_runs_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is not Status.FIRED


def test_an_actor_loss_that_passes_through_zero_is_ordinary() -> None:
    assert detect(signals(loss(Network.ACTOR, np.linspace(5.0, -60.0, 200)))).status is Status.CLEAR


def test_a_critic_that_grows_with_the_returns_is_learning() -> None:
    run = signals(loss(Network.CRITIC, 0.01 + learning(80, 2e5)), returns(np.linspace(0, 3000, 80)))
    assert detect(run).status is Status.CLEAR


@pytest.mark.parametrize(("size", "status"), [(9.0, Status.CLEAR), (12.0, Status.FIRED)])
def test_ten_times_the_largest_return_is_the_limit(size: float, status: Status) -> None:
    course = -size * 1000 * np.linspace(0.05, 1.0, 400) ** 3
    assert detect(signals(loss(Network.ACTOR, course), returns(np.full(50, 1000.0)))).status is status


@pytest.mark.parametrize(("decades", "status"), [(3.9, Status.CLEAR), (4.5, Status.FIRED)])
def test_without_returns_four_decades_are_asked_for(decades: float, status: Status) -> None:
    assert detect(signals(loss(Network.ACTOR, np.logspace(0, decades, 200)))).status is status


def test_growth_that_settles_is_no_explosion() -> None:
    assert detect(signals(loss(Network.CRITIC, 1e-4 + learning(100, 1e6)))).status is Status.CLEAR


def test_points_that_are_not_finite_are_left_out() -> None:
    course = np.logspace(0, 8, 100)
    course[::7] = np.nan
    assert detect(signals(loss(Network.MODEL, course))).status is Status.FIRED


def test_without_a_loss_it_abstains() -> None:
    assert detect(signals(returns(np.ones(20)))).status is Status.NOT_APPLICABLE


def test_a_few_points_decide_nothing() -> None:
    assert detect(signals(loss(Network.ACTOR, np.logspace(0, 9, 6)))).status is Status.INCONCLUSIVE
