"""A return that gets steadily worse from the start."""

from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.episodes.return_falls import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

NOISE = np.random.default_rng(2).normal(0, 20, 40)
FALLS = np.linspace(-1200, -1600, 40) + NOISE


def returns(values: np.ndarray, role: Role = Role.TRAIN) -> Signal:
    return signal(f"{role}/return", values, quantity=Quantity.EPISODIC_RETURN, role=role)


@pytest.mark.parametrize(
    ("course", "status"),
    [
        (FALLS, Status.FIRED),
        (FALLS[::-1], Status.CLEAR),
        (-1200 + NOISE, Status.CLEAR),
        (np.concatenate([np.linspace(20, 200, 20), np.linspace(200, 9, 20)]), Status.CLEAR),
    ],
    ids=["falls", "rises", "flat", "rises and falls"],
)
def test_only_what_never_was_better_falls(course: np.ndarray, status: Status) -> None:
    assert detect(signals(returns(course))).status is status


def test_roles_that_disagree_stay_clear() -> None:
    assert detect(signals(returns(FALLS), returns(FALLS[::-1], Role.EVALUATION))).status is Status.CLEAR


def test_a_harder_task_pays_less() -> None:
    level = signal("curriculum/level", np.linspace(0, 9, 40))
    assert detect(signals(returns(FALLS), level)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize("name", ["zoo-td3-halfcheetah", "mnee-ppo-next", "lizhi-td3-pendulum-s0"])
def test_healthy_runs_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_without_a_return_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
