from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.episodes.all_episodes_capped import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived


def length(values: np.ndarray) -> Signal:
    return signal("rollout/ep_len_mean", values, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)


def test_locomotion_episodes_of_a_thousand_steps_fire(archived_runs: Path) -> None:
    finding = detect(archived(archived_runs / "ray-sac-halfcheetah-2021"))
    assert (finding.status, finding.values["longest"]) == (Status.FIRED, 1000.0)


def test_episodes_that_end_early_stay_clear(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "seed-day20-run3")).status is Status.CLEAR


@pytest.mark.parametrize(("points", "status"), [(9, Status.NOT_APPLICABLE), (10, Status.FIRED)])
def test_ten_equal_lengths_are_needed(points: int, status: Status) -> None:
    assert detect(signals(length(np.full(points, 200.0)))).status is status


def test_one_different_episode_clears() -> None:
    assert detect(signals(length(np.r_[np.full(20, 200.0), 199.0]))).status is Status.CLEAR


def test_without_lengths_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
