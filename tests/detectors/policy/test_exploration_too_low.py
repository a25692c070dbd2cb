from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.exploration_too_low import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from tests.builders import signal, signals
from tests.detectors.changes import archived
from tests.detectors.policy.series import executed, exploration


@pytest.mark.parametrize(("noise", "status"), [(0.0, Status.FIRED), (0.049, Status.FIRED), (0.1, Status.CLEAR)])
def test_a_twentieth_of_the_bound_is_the_limit(noise: float, status: Status) -> None:
    assert detect(signals(exploration(np.full(40, noise)))).status is status


def test_a_schedule_that_ends_low_is_ordinary() -> None:
    assert detect(signals(exploration(np.linspace(1.0, 0.01, 40)))).status is Status.CLEAR


def test_the_bound_of_the_actions_sets_the_scale() -> None:
    actions = executed(np.full((40, 200), 30.0), 0.003, bound=30.0)
    assert detect(signals(*actions, exploration(np.full(40, 0.1)))).status is Status.FIRED


@pytest.mark.parametrize(("alpha", "status"), [(1e-6, Status.FIRED), (0.01, Status.CLEAR)])
def test_an_entropy_coefficient_of_nothing_fires(alpha: float, status: Status) -> None:
    coefficient = signal("train/ent_coef", np.full(40, alpha), quantity=Quantity.ENTROPY_COEFFICIENT)
    assert detect(signals(coefficient)).status is status


@pytest.mark.parametrize("name", ["seed-day16", "seed-day21-run7", "ray-sac-halfcheetah-2021"])
def test_archived_runs_that_explored_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_a_few_points_decide_nothing() -> None:
    assert detect(signals(exploration(np.zeros(3)))).status is Status.INCONCLUSIVE


def test_without_exploration_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
