from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.episodes.position_continuous import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal, Signals
from tests.builders import signal, signals
from tests.detectors.changes import archived

LENGTH = 25


def walk(episodes: int, start: float | None, seed: int = 4) -> np.ndarray:
    """A speed that drifts; `start` is that after each reset, None where nothing is reset."""
    rng = np.random.default_rng(seed)
    values: list[float] = []
    speed = 5.0
    for _ in range(episodes):
        speed = speed if start is None else start + rng.uniform(-0.5, 0.5)
        for _ in range(LENGTH):
            speed = 0.98 * speed + 0.1 + rng.normal(0.0, 0.5)
            values.append(speed)
    return np.array(values)


def run(values: np.ndarray, every: int = 1) -> Signals:
    steps = np.arange(1, len(values) + 1)
    ends = steps[LENGTH - 1 :: LENGTH]
    moving: Signal = signal("speed", values[::every], steps[::every], quantity=Quantity.MOTION, role=Role.TRAIN)
    lengths = signal("length", np.full(len(ends), LENGTH), ends, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)
    return signals(moving, lengths)


def test_a_car_that_goes_on_where_it_was_fires() -> None:
    assert detect(run(walk(30, None))).status is Status.FIRED


@pytest.mark.parametrize("start", [0.0, 5.0, 9.0])
def test_a_car_that_is_put_back_stays_clear(start: float) -> None:
    assert detect(run(walk(30, start))).status is Status.CLEAR


def test_a_counter_over_all_episodes_is_no_position() -> None:
    assert detect(run(np.cumsum(np.abs(walk(30, None))))).status is Status.NOT_APPLICABLE


def test_a_car_that_always_stands_says_nothing() -> None:
    values = np.where(np.arange(30 * LENGTH) % LENGTH == 5, 1.0, 0.0)
    assert detect(run(values)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("episodes", "status"), [(9, Status.FIRED), (8, Status.NOT_APPLICABLE)])
def test_eight_ends_between_two_episodes_are_needed(episodes: int, status: Status) -> None:
    assert detect(run(walk(episodes, None))).status is status


def test_a_log_of_every_tenth_step_does_not_show_the_ends() -> None:
    assert detect(run(walk(30, None), every=10)).status is Status.NOT_APPLICABLE


def test_without_motion_or_ends_it_abstains() -> None:
    both = run(walk(30, None)).signals
    assert detect(signals(both[0])).status is Status.NOT_APPLICABLE
    assert detect(signals(both[1])).status is Status.NOT_APPLICABLE


def test_an_archived_run_that_resets_is_not_accused(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "seed-day21-run7")).status is not Status.FIRED
