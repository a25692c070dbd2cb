from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.kl_too_large import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived


def _kl(values: np.ndarray) -> Signal:
    return signal("train/approx_kl", values, quantity=Quantity.KL)


@pytest.mark.parametrize(("level", "status"), [(0.09, Status.CLEAR), (0.11, Status.FIRED)])
def test_a_tenth_of_a_nat_is_the_limit(level: float, status: Status) -> None:
    assert detect(signals(_kl(np.full(40, level)))).status is status


@pytest.mark.parametrize(("level", "status"), [(0.45, Status.CLEAR), (0.55, Status.FIRED)])
def test_half_of_the_samples_clipped_is_the_limit(level: float, status: Status) -> None:
    clipped = signal("train/clip_fraction", np.full(40, level), quantity=Quantity.CLIP_FRACTION)
    assert detect(signals(clipped, _kl(np.full(40, 0.01)))).status is status


def test_spikes_do_not_count() -> None:
    values = np.full(40, 0.01)
    values[::4] = 3.0
    assert detect(signals(_kl(values))).status is Status.CLEAR


@pytest.mark.parametrize("name", ["mnee-ppo-next", "mnee-ppo-value-dead"])
def test_archived_runs_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_a_few_points_decide_nothing() -> None:
    assert detect(signals(_kl(np.ones(5)))).status is Status.INCONCLUSIVE


def test_without_kl_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE


def test_half_a_nat_at_most_updates_is_hardly_ever_healthy() -> None:
    near, far = detect(signals(_kl(np.full(40, 0.2)))), detect(signals(_kl(np.full(40, 3.0))))
    assert near.leak is not None
    assert far.leak is not None
    assert far.leak < near.leak / 5
