from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.entropy_collapsed import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

EARLY = 1.38 * np.exp(-np.linspace(0, 20, 60)) + 1e-3
LATE = 1.38 * np.exp(-np.linspace(0, 4, 60))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["", "negative"])
def test_an_entropy_gone_early_fires_whatever_its_sign(name: str, change: Change) -> None:
    values = -EARLY if name else EARLY
    run = signals(signal("train/entropy", values, quantity=Quantity.ENTROPY, name=name))
    assert detect(changed(run, change)).status is Status.FIRED


@pytest.mark.parametrize(("level", "status"), [(1e-6, Status.FIRED), (0.012, Status.FIRED), (0.02, Status.CLEAR)])
def test_an_entropy_that_is_gone_at_the_first_record_fires(level: float, status: Status) -> None:
    assert detect(signals(signal("train/entropy", np.full(60, level), quantity=Quantity.ENTROPY))).status is status


@pytest.mark.parametrize(("framework", "status"), [("", Status.CLEAR), ("stable-baselines3", Status.FIRED)])
def test_an_entropy_loss_that_may_hold_its_coefficient_has_no_floor(framework: str, status: Status) -> None:
    loss = signal("train/entropy_loss", np.full(60, -0.006), quantity=Quantity.ENTROPY, name="negative")
    assert detect(signals(loss, framework=framework)).status is status
    itself = signal("losses/entropy", np.full(60, 0.006), quantity=Quantity.ENTROPY)
    assert detect(signals(itself, framework=framework)).status is Status.FIRED


def test_an_entropy_that_falls_to_the_end_is_learning() -> None:
    assert detect(signals(signal("train/entropy", LATE, quantity=Quantity.ENTROPY))).status is Status.CLEAR


def test_a_dip_that_recovers_is_no_collapse() -> None:
    values = np.full(60, 1.3)
    values[10:25] = 1e-3
    assert detect(signals(signal("train/entropy", values, quantity=Quantity.ENTROPY))).status is Status.CLEAR


@pytest.mark.parametrize(("floor", "status"), [(5e-4, Status.FIRED), (2e-3, Status.CLEAR)])
def test_a_thousandth_of_the_first_temperature_is_the_limit(floor: float, status: Status) -> None:
    values = np.exp(-np.linspace(0, 30, 60)) + floor
    run = signals(signal("train/ent_coef", values, quantity=Quantity.ENTROPY_COEFFICIENT))
    assert detect(run).status is status


def test_a_differential_entropy_below_zero_has_no_floor() -> None:
    run = signals(signal("train/entropy", np.linspace(2.0, -6.0, 60), quantity=Quantity.ENTROPY))
    assert detect(run).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("name", ["ray-sac-halfcheetah-2021", "mnee-ppo-next", "concept-ppo-starpilot"])
def test_healthy_runs_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_a_few_points_decide_nothing() -> None:
    run = signals(signal("train/entropy", EARLY[:6], quantity=Quantity.ENTROPY))
    assert detect(run).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("lost", "status"), [(1.5, Status.INCONCLUSIVE), (15.0, Status.FIRED)])
def test_a_policy_that_keeps_nearly_all_of_its_gain_may_be_deterministic(lost: float, status: Status) -> None:
    curve = np.clip(np.linspace(-21.0, 120.0, 100), -21.0, 20.0)
    curve[80:] -= lost
    curve += np.random.default_rng(0).normal(0, 0.3, 100)
    steps = 100 * np.arange(100)
    entropy = signal("train/entropy", EARLY, quantity=Quantity.ENTROPY)
    earned = signal("rollout/ep_rew_mean", curve, steps=steps, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)
    assert detect(signals(entropy, earned)).status is status
