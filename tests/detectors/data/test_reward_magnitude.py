from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.data.reward_magnitude import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

DRAWN = np.random.default_rng(8).normal(1.0, 0.1, 40)


def reward(size: float) -> Signal:
    return signal(
        "debug/reward_mean", size * DRAWN, quantity=Quantity.REWARD, role=Role.BATCH, statistic=Statistic.MEAN
    )


def episodes(per_step: float) -> tuple[Signal, Signal]:
    returned = signal("ep_rew", 100 * per_step * DRAWN, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)
    return returned, signal("ep_len", np.full(40, 100.0), quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)


def critic_loss(size: float) -> Signal:
    return signal("critic_loss", np.full(40, size), quantity=Quantity.LOSS, network=Network.CRITIC)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize(
    "name", ["seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7", "ray-sac-halfcheetah-2021"]
)
def test_ordinary_rewards_stay_clear(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.CLEAR


def test_raw_returns_beside_a_small_value_loss_are_left_open(archived_runs: Path) -> None:
    assert detect(archived(archived_runs / "mnee-ppo-next")).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("size", "status"), [(80.0, Status.CLEAR), (130.0, Status.FIRED), (-7000.0, Status.FIRED)])
def test_rewards_above_a_hundred_a_step_fire(size: float, status: Status) -> None:
    assert detect(signals(reward(size))).status is status


def test_a_wide_spread_alone_fires() -> None:
    spread = signal("debug/reward_std", np.full(40, 900.0), quantity=Quantity.REWARD, statistic=Statistic.STD)
    assert detect(signals(reward(1.0), spread)).status is Status.FIRED


@pytest.mark.parametrize(("loss", "status"), [(5e3, Status.INCONCLUSIVE), (5e4, Status.FIRED)])
def test_a_derived_reward_needs_a_loss_of_like_size(loss: float, status: Status) -> None:
    assert detect(signals(*episodes(500.0), critic_loss(loss))).status is status


@pytest.mark.parametrize(("loss", "status"), [(50.0, Status.INCONCLUSIVE), (900.0, Status.FIRED)])
def test_the_loss_of_a_learner_of_q_is_linear_in_its_error(loss: float, status: Status) -> None:
    only = signal("train/loss", np.full(40, loss), quantity=Quantity.LOSS, network=Network.MODEL, role=Role.TRAIN)
    rate = signal("rollout/exploration_rate", np.linspace(1, 0.05, 40), quantity=Quantity.EXPLORATION_NOISE)
    assert detect(signals(*episodes(500.0), only, rate)).status is status
    assert detect(signals(*episodes(500.0), only)).status is Status.INCONCLUSIVE


def test_large_rewards_without_any_gain_weigh_more() -> None:
    def leak(course: np.ndarray) -> float:
        returned = signal("ep_rew", course, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN)
        found = detect(signals(reward(500.0), returned))
        assert found.leak is not None
        return found.leak

    assert leak(5e4 * DRAWN) < leak(np.linspace(4e4, 6e4, 40)) < leak(np.linspace(0, 5e4, 40))


def test_of_a_clipped_and_an_unclipped_loss_the_unclipped_tells_what_the_learner_sees() -> None:
    clipped = signal("vf_loss", np.full(40, 10.0), quantity=Quantity.LOSS, network=Network.VALUE)
    unclipped = signal("vf_loss_unclipped", np.full(40, 5e4), quantity=Quantity.LOSS, network=Network.VALUE)
    assert detect(signals(*episodes(500.0), clipped)).status is Status.INCONCLUSIVE
    assert detect(signals(*episodes(500.0), clipped, unclipped)).status is Status.FIRED


def test_small_rewards_are_left_open_without_a_configured_scale() -> None:
    assert detect(signals(reward(1e-3))).status is Status.INCONCLUSIVE
    finding = detect(signals(reward(1e-3), config={"env.reward_scale": 0.001}))
    assert (finding.status, finding.values["direction"]) == (Status.FIRED, "small")


def test_a_reward_of_exactly_zero_is_sparse_not_small() -> None:
    assert detect(signals(reward(0.0))).status is Status.CLEAR


def test_without_rewards_or_lengths_it_abstains() -> None:
    assert detect(signals(episodes(1.0)[0])).status is Status.NOT_APPLICABLE
