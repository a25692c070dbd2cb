from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.episodes.evaluation_disturbs_training import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

VARIED = np.random.default_rng(0).normal(2.0, 1.0, 60)


def speed(values: np.ndarray) -> Signal:
    return signal("progress/speed", values, quantity=Quantity.MOTION, name="speed")


def reward(values: np.ndarray) -> Signal:
    return signal("progress/current_reward", values, quantity=Quantity.REWARD, role=Role.TRAIN)


def evaluation(*steps: int) -> Signal:
    return signal(
        "eval/mean_reward", np.ones(len(steps)), steps, quantity=Quantity.EPISODIC_RETURN, role=Role.EVALUATION
    )


def frozen(first: int, points: int, value: float = 0.0) -> np.ndarray:
    values = VARIED.copy()
    values[first : first + points] = value
    return values


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["seed-day16", "seed-day20-run4debug"])
def test_a_car_that_the_evaluation_destroyed_fires(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.FIRED


def test_the_onset_is_the_first_frozen_step_and_the_evaluation_is_named(archived_runs: Path) -> None:
    finding = detect(archived(archived_runs / "seed-day16"))
    assert (finding.onset, finding.values["evaluation_step"], finding.values["last_frozen_step"]) == (3100, 3001, 3900)
    assert finding.values["resumed"] is True


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_slow_car_that_still_moves_stays_clear(archived_runs: Path, change: Change) -> None:
    assert detect(changed(archived(archived_runs / "seed-day21-run7"), change)).status is Status.CLEAR


def test_without_an_evaluation_it_abstains(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "seed-day20-run3")).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("points", "status"), [(4, Status.CLEAR), (5, Status.FIRED)])
def test_one_series_needs_five_frozen_points(points: int, status: Status) -> None:
    assert detect(signals(speed(frozen(20, points)), evaluation(2050))).status is status


@pytest.mark.parametrize(("points", "status"), [(2, Status.CLEAR), (3, Status.FIRED)])
def test_two_series_that_freeze_together_need_three(points: int, status: Status) -> None:
    both = speed(frozen(20, points)[: 20 + points]), reward(frozen(20, points, 0.77)[: 20 + points])
    assert detect(signals(*both, evaluation(2050))).status is status


def test_a_stop_that_no_evaluation_precedes_stays_clear() -> None:
    assert detect(signals(speed(frozen(30, 10)), evaluation(2050))).status is Status.CLEAR


def test_a_sparse_reward_that_is_often_constant_stays_clear() -> None:
    values = np.zeros(60)
    values[[5, 12, 19, 27, 40, 52]] = 1.0
    assert detect(signals(reward(values), evaluation(2050))).status is Status.CLEAR


def test_evaluations_at_every_other_point_decide_nothing() -> None:
    steps = tuple(range(250, 6000, 200))
    assert detect(signals(speed(frozen(20, 10)), evaluation(*steps))).status is Status.CLEAR


@pytest.mark.parametrize(("starts", "status"), [(3000, Status.INCONCLUSIVE), (1000, Status.FIRED)])
def test_a_freeze_where_random_actions_ended_too_decides_nothing(starts: int, status: Status) -> None:
    """A first policy that parks switches from random driving to a standstill as sharply as a destroyed car."""
    items = (speed(frozen(30, 20)), reward(frozen(30, 20, 0.1)), evaluation(3000, 6000))
    assert detect(signals(*items, facts={"learning_starts": starts})).status is status
    assert detect(signals(*items, config={"learning_starts": starts})).status is status


@pytest.mark.parametrize(("longest", "status"), [(5000, Status.CLEAR), (700, Status.FIRED)])
def test_a_standstill_that_ends_within_an_episode_is_a_slow_start(longest: int, status: Status) -> None:
    lengths = signal("train/length", [300, longest, 400], quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)
    items = (speed(frozen(30, 6)), reward(frozen(30, 6, 0.1)), evaluation(3000, 6000), lengths)
    assert detect(signals(*items)).status is status
