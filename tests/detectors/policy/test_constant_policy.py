from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.constant_policy import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import Change, archived, as_it_is, changed, noisy, shifted, thinned
from tests.detectors.policy.series import executed, exploration

SHAPE = (40, 200)


def _evaluations(values: list[float]) -> Signal:
    steps = np.arange(1, len(values) + 1) * 1000
    return signal(
        "eval/mean_reward",
        values,
        steps,
        quantity=Quantity.EPISODIC_RETURN,
        role=Role.EVALUATION,
        statistic=Statistic.MEAN,
    )


def _actor(values: np.ndarray) -> Signal:
    return signal("actor/param_std", values, quantity=Quantity.PARAMETER, network=Network.ACTOR)


MOVING = _actor(np.linspace(0.1, 0.2, 40))
STILL = _actor(np.full(40, 0.1))


@pytest.mark.parametrize("change", [as_it_is, shifted], ids=lambda change: change.__name__)
def test_evaluations_repeated_to_the_last_bit_fire(archived_runs: Path, change: Change) -> None:
    finding = detect(changed(archived(archived_runs / "seed-day21-run7"), change))
    assert finding.status is Status.FIRED
    assert finding.values["repeats"] == 2
    assert finding.values["ratio"] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("name", ["seed-day16", "ray-sac-halfcheetah-2021", "mnee-ppo-next"])
def test_runs_with_no_repeated_evaluation_do_not_fire(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is not Status.FIRED


def test_a_repeated_evaluation_of_an_unchanged_actor_shows_nothing() -> None:
    run = signals(_evaluations([-36.63, -36.63, -36.63]), STILL, algorithm="td3")
    assert detect(run).status is not Status.FIRED


@pytest.mark.parametrize("change", [noisy, thinned], ids=lambda change: change.__name__)
def test_where_the_repetition_is_lost_the_spread_of_actions_still_shows_it(archived_runs: Path, change: Change) -> None:
    finding = detect(changed(archived(archived_runs / "seed-day21-run7"), change))
    assert finding.status is Status.FIRED
    assert "repeats" not in finding.values


def test_returns_that_differ_in_the_last_bit_do_not_repeat() -> None:
    values = [-36.63, float(np.nextafter(-36.63, 0)), -36.63]
    assert detect(signals(_evaluations(values), MOVING, algorithm="td3")).status is Status.INCONCLUSIVE


def test_whole_numbers_at_a_cap_repeat_in_health() -> None:
    assert detect(signals(_evaluations([500.0] * 4), MOVING, algorithm="td3")).status is not Status.FIRED


@pytest.mark.parametrize("algorithm", ["dqn", "ppo"])
def test_discrete_policies_repeat_in_health(algorithm: str) -> None:
    assert detect(signals(_evaluations([0.52] * 4), MOVING, algorithm=algorithm)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("action", [0.2, 1.0])
@pytest.mark.parametrize("change", [as_it_is, thinned], ids=lambda change: change.__name__)
def test_a_spread_that_is_the_noise_alone_fires(action: float, change: Change) -> None:
    run = signals(*executed(np.full(SHAPE, action), 0.2), exploration(np.full(40, 0.2)))
    assert detect(changed(run, change)).status is Status.FIRED


@pytest.mark.parametrize(("own", "status"), [(0.3, Status.FIRED), (0.6, Status.CLEAR)])
def test_a_policy_that_varies_by_half_the_noise_is_not_constant(own: float, status: Status) -> None:
    actions = 0.2 * own * np.random.default_rng(6).standard_normal(SHAPE)
    assert detect(signals(*executed(actions, 0.2), exploration(np.full(40, 0.2)))).status is status


def test_one_component_that_varies_is_enough() -> None:
    varied = executed(np.random.default_rng(7).uniform(-1, 1, SHAPE), 0.1, name="throttle")
    run = signals(*executed(np.zeros(SHAPE), 0.1), *varied, exploration(np.full(40, 0.1)))
    assert detect(run).status is Status.CLEAR


def test_without_evaluations_or_noise_it_abstains() -> None:
    assert detect(signals(MOVING, algorithm="td3")).status is Status.NOT_APPLICABLE
