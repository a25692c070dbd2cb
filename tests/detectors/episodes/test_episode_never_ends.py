from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.episodes.episode_never_ends import detect
from forensics.model.evidence import FileRecord
from forensics.model.finding import Status
from forensics.model.meaning import Axis, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

STEPS = np.arange(1, 61) * 2048
RANDOM = np.random.default_rng(1)


def length(values: np.ndarray) -> Signal:
    return signal("rollout/ep_len_mean", values, STEPS, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)


def returned(values: np.ndarray) -> Signal:
    return signal("rollout/ep_rew_mean", values, STEPS, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)


def held(values: np.ndarray, points: int, value: float) -> np.ndarray:
    values = values.copy()
    values[-points:] = value
    return values


LENGTHS = RANDOM.uniform(150, 250, 60)
RETURNS = RANDOM.normal(10, 2, 60)


def test_rollout_means_that_freeze_for_tens_of_thousands_of_steps_fire() -> None:
    finding = detect(signals(length(held(LENGTHS, 30, 201.37)), returned(held(RETURNS, 30, 9.81))))
    assert finding.status is Status.FIRED
    assert finding.onset == 31 * 2048


def test_means_that_stand_still_for_most_of_the_run_weigh_more() -> None:
    def leak(points: int) -> float:
        found = detect(signals(length(held(LENGTHS, points, 201.37)), returned(held(RETURNS, points, 9.81))))
        assert found.leak is not None
        return found.leak

    assert leak(50) < leak(20) / 2


def test_means_that_never_moved_fire_as_well() -> None:
    assert detect(signals(length(np.full(60, 18.875)), returned(np.full(60, 18.875)))).status is Status.FIRED
    assert detect(signals(length(np.full(60, 200.0)), returned(np.full(60, -1187.25)))).status is Status.CLEAR


def test_identical_whole_episodes_of_a_deterministic_agent_stay_clear() -> None:
    assert detect(signals(length(held(LENGTHS, 30, 500.0)), returned(held(RETURNS, 30, 500.0)))).status is Status.CLEAR


def test_a_length_that_freezes_while_returns_go_on_stays_clear() -> None:
    assert detect(signals(length(held(LENGTHS, 30, 201.37)), returned(RETURNS))).status is Status.CLEAR


@pytest.mark.parametrize(("points", "status"), [(9, Status.CLEAR), (20, Status.FIRED)])
def test_a_counter_of_episodes_that_stands_still_fires(points: int, status: Status) -> None:
    counter = signal("time/episodes", np.minimum(np.arange(60.0), 60 - points), STEPS, quantity=Quantity.EPISODE_COUNT)
    assert detect(signals(counter)).status is status


@pytest.mark.parametrize(
    ("environments", "status"), [(0, Status.INCONCLUSIVE), (4, Status.FIRED), (16, Status.INCONCLUSIVE)]
)
def test_a_mean_that_was_never_a_number_fires_where_each_environment_made_enough_steps(
    environments: int, status: Status
) -> None:
    files = tuple(FileRecord(path=f"{place}.monitor.csv", bytes=9, reader="monitor") for place in range(environments))
    never = signals(length(np.full(60, np.nan)), returned(np.full(60, np.nan)))
    assert detect(replace(never, run=replace(never.run, files=files))).status is status
    once = signals(length(held(np.full(60, np.nan), 1, 200.5)), returned(np.full(60, np.nan)))
    assert detect(replace(once, run=replace(once.run, files=files))).status is Status.CLEAR


def test_a_running_episode_step_that_never_resets_fires() -> None:
    values = np.where(np.arange(60) < 20, 50.0, STEPS - STEPS[19])
    running = signal("progress/steps", values, STEPS, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)
    assert detect(signals(running)).status is Status.FIRED


def test_the_number_of_episodes_in_an_iteration_is_no_counter() -> None:
    each = signal("episodes_this_iter", np.r_[10.0, np.ones(59)], STEPS, quantity=Quantity.EPISODE_COUNT)
    assert detect(signals(each, length(LENGTHS))).status is Status.CLEAR


@pytest.mark.parametrize("name", ["ray-impala-spaceinvaders", "ray-sac-halfcheetah-2021", "mnee-ppo-next"])
def test_healthy_runs_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_lengths_on_the_episode_axis_tell_nothing() -> None:
    by_episode = signal(
        "train/episode_length", LENGTHS, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN, axis=Axis.EPISODE
    )
    assert detect(signals(by_episode)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("steps", "config", "status"),
    [
        (2_400, {"max_episode_steps": 200}, Status.FIRED),
        (1_900, {"max_episode_steps": 200}, Status.CLEAR),
        (2_400, {}, Status.CLEAR),
        (2_400, {"max_episode_steps": 200, "num_envs": 8}, Status.CLEAR),
    ],
)
def test_a_counter_that_stands_beyond_ten_configured_limits_fires(
    steps: int, config: dict[str, int], status: Status
) -> None:
    at = np.arange(0, steps + 1, 10)
    counter = signal("counters/episodes", np.zeros(len(at)), at, quantity=Quantity.EPISODE_COUNT)
    assert detect(signals(counter, config=config)).status is status
