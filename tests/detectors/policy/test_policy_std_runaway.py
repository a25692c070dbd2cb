from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.policy_std_runaway import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed


def _std(values: np.ndarray) -> Signal:
    return signal("train/std", values, quantity=Quantity.POLICY_STD)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_spread_that_doubles_and_doubles_fires(change: Change) -> None:
    assert detect(changed(signals(_std(np.exp(np.linspace(0, 4, 60)))), change)).status is Status.FIRED


@pytest.mark.parametrize(("factor", "status"), [(2.5, Status.CLEAR), (4.0, Status.FIRED)])
def test_threefold_is_the_limit(factor: float, status: Status) -> None:
    assert detect(signals(_std(np.geomspace(1.0, factor, 60)))).status is status


def test_a_spread_that_widens_and_settles_is_ordinary() -> None:
    assert detect(signals(_std(0.2 + 0.8 * (1 - np.exp(-np.linspace(0, 12, 60)))))).status is Status.CLEAR


def test_entropy_stands_in_for_the_spread() -> None:
    run = signals(signal("train/entropy_loss", -np.linspace(2, 9, 60), quantity=Quantity.ENTROPY, name="negative"))
    assert detect(run).status is Status.FIRED


@pytest.mark.parametrize("name", ["mnee-ppo-next", "concept-ppo-starpilot"])
def test_healthy_runs_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_a_few_points_decide_nothing() -> None:
    assert detect(signals(_std(np.geomspace(1, 100, 6)))).status is Status.INCONCLUSIVE


def test_without_spread_or_entropy_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE


def test_noise_that_gains_nothing_weighs_more_than_noise_that_pays() -> None:
    def leak(course: np.ndarray) -> float:
        episodes = signal("rollout/ep_rew_mean", course, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)
        found = detect(signals(_std(np.geomspace(1.0, 9.0, 60)), episodes))
        assert found.status is Status.FIRED
        assert found.leak is not None
        return found.leak

    swings = np.sin(np.arange(60.0))
    assert leak(-1200 + 50 * swings) < leak(np.linspace(-1200, -200, 60) + swings)


@pytest.mark.parametrize(("high", "noise", "status"), [
    (2.0, 0.0, Status.FIRED), (2.0, 1e-3, Status.CLEAR), (1.0, 0.0, Status.CLEAR),
])  # fmt: skip
def test_a_spread_that_stops_at_a_bound_of_the_library_fires(high: float, noise: float, status: Status) -> None:
    """log std grows to a clamp at `high` and stands there; what still learns does not stand still."""
    logs = np.minimum(np.linspace(0.0, 4.0, 60), high)
    logs += noise * np.random.default_rng(0).normal(size=60)
    assert detect(signals(_std(np.exp(logs)))).status is status
