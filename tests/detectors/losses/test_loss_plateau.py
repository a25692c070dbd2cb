from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.losses.loss_plateau import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network
from tests.builders import signals
from tests.detectors.changes import archived
from tests.detectors.values.series import loss, returns

JITTER = np.random.default_rng(0).normal(0, 0.01, 100)


def test_a_loss_that_never_leaves_its_start_fires() -> None:
    assert detect(signals(loss(Network.MODEL, 2.303 + JITTER))).status is Status.FIRED


@pytest.mark.parametrize(("end", "status"), [(0.97, Status.FIRED), (0.90, Status.CLEAR)])
def test_a_twentieth_of_the_start_is_the_limit(end: float, status: Status) -> None:
    assert detect(signals(loss(Network.MODEL, 2.303 * np.linspace(1.0, end, 100)))).status is status


@pytest.mark.parametrize("name", ["idrees-vae-v1", "nanogpt-adamw"])
def test_models_that_learned_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is not Status.FIRED


def test_losses_of_reinforcement_learning_have_moving_targets_and_are_left_alone() -> None:
    run = signals(loss(Network.MODEL, 2.303 + JITTER), returns(np.ones(50)))
    assert detect(run).status is Status.NOT_APPLICABLE


def test_a_few_points_decide_nothing() -> None:
    assert detect(signals(loss(Network.MODEL, np.full(10, 2.3)))).status is Status.INCONCLUSIVE
