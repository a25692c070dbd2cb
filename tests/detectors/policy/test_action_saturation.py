from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.action_saturation import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role, Statistic
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.policy.series import executed, exploration, saturation

SHAPE = (40, 200)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_executed_actions_at_the_bound_but_for_noise_fire(archived_runs: Path, change: Change) -> None:
    finding = detect(changed(archived(archived_runs / "seed-day21-run7"), change))
    assert finding.status is Status.FIRED
    assert finding.figure is not None


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("bound", [1.0, 2.5])
def test_a_saturated_policy_fires_under_any_usual_noise(noise: float, bound: float) -> None:
    actions = executed(np.full(SHAPE, -bound), noise, bound=bound)
    assert detect(signals(*actions, exploration(np.full(40, noise * bound)))).status is Status.FIRED


def test_a_policy_that_jumps_between_its_bounds_is_saturated_too() -> None:
    sides = np.sign(np.random.default_rng(2).normal(size=SHAPE))
    assert detect(signals(*executed(sides, 0.1), exploration(np.full(40, 0.1)))).status is Status.FIRED


def test_noise_that_is_not_logged_is_read_from_the_spread() -> None:
    assert detect(signals(*executed(np.full(SHAPE, -1.0), 0.15))).status is Status.FIRED


@pytest.mark.parametrize("own", [0.0, 0.5, 0.8])
def test_a_policy_inside_its_bounds_stays_clear(own: float) -> None:
    actions = executed(own + 0.3 * np.random.default_rng(3).uniform(-1, 1, SHAPE), 0.2)
    assert detect(signals(*actions, exploration(np.full(40, 0.2)))).status is not Status.FIRED


def test_a_visit_to_the_bound_is_not_a_stay() -> None:
    own = np.zeros(SHAPE)
    own[:20] = 1.0
    assert detect(signals(*executed(own, 0.3), exploration(np.full(40, 0.3)))).status is not Status.FIRED


@pytest.mark.parametrize(("share", "status"), [(0.87, Status.CLEAR), (0.9, Status.CLEAR), (0.95, Status.FIRED)])
def test_nine_tenths_of_the_actions_are_the_limit(share: float, status: Status) -> None:
    assert detect(signals(saturation(np.full(40, share)))).status is status


def test_percent_are_understood() -> None:
    assert detect(signals(saturation(np.full(40, 87.0)))).status is Status.CLEAR


def test_discrete_actions_have_no_bound() -> None:
    actions = [
        signal(f"action_{statistic.value}", values, quantity=Quantity.ACTION, role=Role.TRAIN, statistic=statistic)
        for statistic, values in {
            Statistic.MEAN: np.full(40, 2.95),
            Statistic.STD: np.full(40, 0.2),
            Statistic.MIN: np.zeros(40),
            Statistic.MAX: np.full(40, 3.0),
        }.items()
    ]
    assert detect(signals(*actions)).status is Status.NOT_APPLICABLE


def test_one_constant_whole_number_may_be_a_discrete_action() -> None:
    assert detect(signals(*executed(np.ones(SHAPE), 0.0))).status is Status.NOT_APPLICABLE


def test_unbounded_actions_have_no_bound() -> None:
    actions = executed(np.random.default_rng(4).normal(3.0, 0.1, SHAPE), 0.0, bound=1e9)
    assert detect(signals(*actions)).status is Status.NOT_APPLICABLE


def test_without_actions_it_abstains() -> None:
    assert detect(signals(exploration(np.full(40, 0.1)))).status is Status.NOT_APPLICABLE
