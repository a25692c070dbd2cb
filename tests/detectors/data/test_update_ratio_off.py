from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.data.update_ratio_off import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signals
from tests.builders import signal, signals
from tests.detectors.changes import archived

Q = signal("q1", np.ones(50), quantity=Quantity.Q_VALUE)


def run(seen: float | None, **config: float) -> Signals:
    return signals(Q, facts={} if seen is None else {"updates_per_step": seen}, config=dict(config))


@pytest.mark.parametrize("name", ["seed-day16", "seed-day21-run7", "ray-sac-halfcheetah-2021"])
def test_one_update_a_step_or_less_is_ordinary(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


@pytest.mark.parametrize(("seen", "status"), [(9.0, Status.CLEAR), (10.0, Status.FIRED)])
def test_ten_updates_a_step_fire(seen: float, status: Status) -> None:
    assert detect(run(seen)).status is status


@pytest.mark.parametrize(("seen", "status"), [(1.0, Status.CLEAR), (0.6, Status.FIRED), (1.6, Status.FIRED)])
def test_the_configured_ratio_must_be_in_effect(seen: float, status: Status) -> None:
    assert detect(run(seen, gradient_steps=4, train_freq=4)).status is status


def test_parallel_environments_divide_the_ratio() -> None:
    assert detect(run(0.25, gradient_steps=1, train_freq=1, n_envs=4)).status is Status.CLEAR


def test_as_many_updates_as_steps_is_minus_one() -> None:
    assert detect(run(1.0, gradient_steps=-1, train_freq=8)).status is Status.CLEAR


def test_a_configured_ratio_alone_is_enough() -> None:
    assert detect(run(None, utd_ratio=20)).status is Status.FIRED


def test_without_q_values_or_a_ratio_it_abstains() -> None:
    assert detect(signals(facts={"updates_per_step": 20.0})).status is Status.NOT_APPLICABLE
    assert detect(run(None)).status is Status.NOT_APPLICABLE
