from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.losses.validation_diverges import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

FALLING = np.exp(-np.linspace(0, 3, 40))


def _loss(role: Role, values: np.ndarray) -> Signal:
    return signal(f"{role.value}/loss", values, quantity=Quantity.LOSS, network=Network.MODEL, role=role)


@pytest.mark.parametrize(("rise", "status"), [(1.08, Status.CLEAR), (1.2, Status.FIRED)])
def test_a_tenth_above_the_minimum_is_the_limit(rise: float, status: Status) -> None:
    held = np.concatenate([np.linspace(1.0, 0.5, 20), 0.5 * np.linspace(1.0, rise, 20)])
    assert detect(signals(_loss(Role.TRAIN, FALLING), _loss(Role.VALIDATION, held))).status is status


def test_both_rising_is_another_fault() -> None:
    course = np.concatenate([np.linspace(1.0, 0.5, 20), np.linspace(0.5, 2.0, 20)])
    assert detect(signals(_loss(Role.TRAIN, course), _loss(Role.VALIDATION, course))).status is Status.CLEAR


def test_a_healthy_model_stays_clear(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "idrees-vae-v1")).status is Status.CLEAR


def test_a_few_points_decide_nothing() -> None:
    run = signals(_loss(Role.TRAIN, FALLING), _loss(Role.VALIDATION, np.array([1.0, 2.0, 3.0])))
    assert detect(run).status is Status.INCONCLUSIVE


def test_without_validation_it_abstains() -> None:
    finding = detect(signals(_loss(Role.TRAIN, FALLING)))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.missing == ["validation loss"]
