"""The three readings of one return: it rose, it collapsed, it never rose."""

from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.episodes import return_collapse, return_never_rises, return_rises
from forensics.detectors.episodes.course import superiority
from forensics.model.finding import Status
from forensics.model.meaning import Axis, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

RANDOM = np.random.default_rng(5)
NOISE = RANDOM.normal(0.0, 1.0, 200)
LEARNED = np.concatenate([np.linspace(0, 100, 80), np.full(120, 100.0)])
STEPS = np.arange(1, 201) * 1000
ARCHIVE = Path(__file__).parents[2] / "archive"
HEALTHY = (
    "concept-ppo-starpilot",
    "idrees-carla-ppo-town02",
    "idrees-carla-ppo-town07-restarts",
    "lizhi-td3-halfcheetah-s10",
    "lizhi-td3-pendulum-s0",
    "mnee-ppo-next",
    "mnee-ppo-value-dead",
    "ray-sac-halfcheetah-2021",
    "ray-impala-spaceinvaders",
)


def returned(values: np.ndarray, every: int = 1000, role: Role = Role.TRAIN) -> Signal:
    steps = np.arange(1, len(values) + 1) * every
    tag = "rollout/ep_rew_mean" if role is Role.TRAIN else "eval/mean_reward"
    return signal(tag, values, steps, quantity=Quantity.EPISODIC_RETURN, role=role)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", HEALTHY)
def test_no_learning_run_collapses_or_fails_to_learn(archived_runs: Path, name: str, change: Change) -> None:
    run = changed(archived(archived_runs / name), change)
    assert return_collapse.detect(run).status is not Status.FIRED
    assert return_never_rises.detect(run).status is not Status.FIRED


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", [name for name in HEALTHY if name not in ("lizhi-td3-pendulum-s0", "mnee-ppo-next")])
def test_learning_runs_rise(archived_runs: Path, name: str, change: Change) -> None:
    assert return_rises.detect(changed(archived(archived_runs / name), change)).status is Status.FIRED


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["pendulum-sac-learning-rate-too-high", "pendulum-td3-loss-detached"])
def test_an_agent_that_a_planted_fault_stops_never_rises(name: str, change: Change) -> None:
    run = changed(archived(ARCHIVE / name), change)
    assert return_never_rises.detect(run).status is Status.FIRED
    assert return_rises.detect(run).status is Status.CLEAR


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_its_healthy_twin_rises(change: Change) -> None:
    run = changed(archived(ARCHIVE / "pendulum-sac-healthy"), change)
    assert return_rises.detect(run).status is Status.FIRED
    assert return_never_rises.detect(run).status is Status.CLEAR


def test_a_policy_that_stays_constant_for_twenty_thousand_updates_never_rises(archived_runs: Path) -> None:
    assert return_never_rises.detect(archived(archived_runs / "seed-day21-run7")).status is Status.FIRED


@pytest.mark.parametrize("name", ["seed-day16", "seed-day20-run3", "seed-day20-run4debug"])
def test_a_few_thousand_updates_are_too_few_to_say(archived_runs: Path, name: str) -> None:
    assert return_never_rises.detect(archived(archived_runs / name)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize("name", ["seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7"])
def test_a_return_that_only_declined_from_its_random_start_is_no_collapse(archived_runs: Path, name: str) -> None:
    assert return_collapse.detect(archived(archived_runs / name)).status is Status.CLEAR


def test_learned_and_lost_collapses_at_the_loss() -> None:
    values = np.concatenate([np.linspace(0, 100, 80), np.full(60, 100.0), np.full(60, 10.0)]) + NOISE
    finding = return_collapse.detect(signals(returned(values)))
    assert finding.status is Status.FIRED
    assert finding.onset is not None
    assert abs(finding.onset - 140_000) < 15_000


@pytest.mark.parametrize(("left", "status"), [(62.0, Status.CLEAR), (38.0, Status.FIRED)])
def test_the_loss_must_exceed_half_of_the_gain(left: float, status: Status) -> None:
    values = np.concatenate([np.linspace(0, 100, 80), np.full(60, 100.0), np.full(60, left)]) + NOISE
    assert return_collapse.detect(signals(returned(values))).status is status


def test_a_return_that_swings_as_deep_and_recovers_is_no_collapse() -> None:
    values = np.concatenate(
        [LEARNED[:80], np.full(30, 100.0), np.full(30, 10.0), np.full(20, 100.0), np.full(40, 10.0)]
    )
    assert return_collapse.detect(signals(returned(values + NOISE))).status is Status.CLEAR


def test_an_evaluation_that_holds_leaves_the_collapse_open() -> None:
    lost = np.concatenate([np.linspace(0, 100, 80), np.full(60, 100.0), np.full(60, 10.0)]) + NOISE
    run = signals(returned(lost), returned(LEARNED + NOISE, role=Role.EVALUATION))
    assert return_collapse.detect(run).status is Status.INCONCLUSIVE


def test_a_peak_before_the_first_update_is_chance() -> None:
    values = np.concatenate([np.linspace(0, 100, 80), np.full(120, 10.0)]) + NOISE
    assert return_collapse.detect(signals(returned(values), facts={"learning_starts": 120_000})).status is Status.CLEAR


def test_noise_around_one_level_never_rises_nine_times_of_ten_and_never_clears() -> None:
    seen = []
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(-1200.0, 50.0, 200)
        seen.append(return_never_rises.detect(signals(returned(noise), facts={"env_steps": 200_000})).status)
    assert seen.count(Status.FIRED) >= 45
    assert Status.CLEAR not in seen


def test_a_late_bloomer_is_spared() -> None:
    values = np.where(np.arange(200) < 140, 0.0, np.arange(200) - 140.0) + NOISE
    run = signals(returned(values), facts={"env_steps": 200_000})
    assert return_never_rises.detect(run).status is not Status.FIRED


def test_a_very_late_bloomer_is_left_open() -> None:
    values = np.where(np.arange(200) < 185, 0.0, 30.0) + NOISE
    run = signals(returned(values), facts={"env_steps": 200_000})
    assert return_never_rises.detect(run).status is Status.INCONCLUSIVE


def test_a_gain_that_was_lost_again_is_not_never() -> None:
    values = np.where((np.arange(200) > 80) & (np.arange(200) < 150), 60.0, 0.0) + NOISE
    run = signals(returned(values), facts={"env_steps": 200_000})
    assert return_never_rises.detect(run).status is not Status.FIRED


def test_a_return_at_its_cap_from_the_start_is_left_open() -> None:
    run = signals(returned(np.full(200, 500.0)), facts={"env_steps": 200_000})
    assert return_never_rises.detect(run).status is Status.INCONCLUSIVE


def test_exploration_that_solves_the_task_is_left_open_where_the_evaluation_rises() -> None:
    evaluated = np.array([-2.5, 0.0, -0.9, -2.2, -2.5, -2.1, -3.0, -3.1, -4.3, -6.2, 10.4, 32.0])
    run = signals(returned(NOISE + 70), returned(evaluated, 16_000, Role.EVALUATION), facts={"env_steps": 200_000})
    assert return_never_rises.detect(run).status is Status.INCONCLUSIVE


def test_a_resumed_series_does_not_show_what_was_learned_before() -> None:
    late = signal(
        "rollout/ep_rew_mean",
        NOISE + 300,
        900_000 + np.arange(200) * 1000,
        quantity=Quantity.EPISODIC_RETURN,
        role=Role.TRAIN,
    )
    assert return_never_rises.detect(signals(late, facts={"env_steps": 1_100_000})).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("updates", "status"), [(4900, Status.INCONCLUSIVE), (5000, Status.FIRED)])
def test_off_policy_runs_are_judged_by_their_updates(updates: int, status: Status) -> None:
    q = signal("train/q", NOISE, quantity=Quantity.Q_VALUE)
    run = signals(returned(-np.sort(-NOISE), 30), q, facts={"env_steps": 6000, "updates": updates})
    assert return_never_rises.detect(run).status is status


@pytest.mark.parametrize("detector", [return_rises, return_collapse, return_never_rises])
def test_without_a_return_or_with_a_short_one_they_abstain(detector: object) -> None:
    for run in (signals(), signals(returned(LEARNED[:9]))):
        assert detector.detect(run).status is Status.NOT_APPLICABLE  # type: ignore[attr-defined]


def test_one_lucky_stretch_at_the_end_is_no_rise() -> None:
    values = NOISE.copy()
    values[-12:] += 20
    assert return_rises.detect(signals(returned(values))).status is Status.CLEAR


def test_the_episode_axis_is_dated_in_environment_steps() -> None:
    values = np.concatenate([np.linspace(0, 100, 80), np.full(60, 100.0), np.full(60, 10.0)]) + NOISE
    episodes = signal(
        "train/episode_reward",
        values,
        range(200),
        quantity=Quantity.EPISODIC_RETURN,
        role=Role.TRAIN,
        axis=Axis.EPISODE,
    )
    clock = signal("train/loss", NOISE, np.arange(200) * 500, quantity=Quantity.LOSS)
    finding = return_collapse.detect(signals(episodes, clock))
    assert finding.onset is not None
    assert abs(finding.onset - 70_000) < 8_000


def test_a_million_points_are_read_in_no_time() -> None:
    noise = np.random.default_rng(0).normal(size=1_000_000)
    rising = noise + np.linspace(0, 10, len(noise))
    assert return_rises.detect(signals(returned(rising, 1))).status is Status.FIRED
    assert return_never_rises.detect(signals(returned(rising, 1), facts={"env_steps": 10**6})).status is Status.CLEAR


def test_superiority_counts_ties_half() -> None:
    assert superiority(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0])) == pytest.approx(0.5)
    assert superiority(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1.0


def test_a_score_that_stays_beside_a_reward_that_rises_decides_nothing() -> None:
    played: dict[str, float | int | str] = {"env_steps": 200_000}
    score = signal(
        "score",
        np.random.default_rng(0).normal(42.0, 2.0, 200),
        STEPS,
        quantity=Quantity.EPISODIC_RETURN,
        role=Role.TRAIN,
    )
    risen = signal("reward", LEARNED + NOISE, STEPS, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)
    flat = signal(
        "reward",
        np.random.default_rng(1).normal(7.0, 2.0, 200),
        STEPS,
        quantity=Quantity.EPISODIC_RETURN,
        role=Role.TRAIN,
    )
    assert return_never_rises.detect(signals(score, flat, facts=played)).status is Status.FIRED
    assert return_never_rises.detect(signals(score, risen, facts=played)).status is Status.INCONCLUSIVE


def test_rows_that_are_no_steps_say_nothing_of_the_experience_behind_a_flat_return() -> None:
    found = return_never_rises.detect(signals(returned(NOISE)))
    assert found.status is Status.INCONCLUSIVE
    assert "not counted" in found.statement
