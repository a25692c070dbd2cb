"""Signals of Q as a TD3 run logs them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal


def policy(values: ArrayLike) -> Signal:
    return signal("debug/actor_q_mean", values, quantity=Quantity.Q_VALUE, role=Role.POLICY, statistic=Statistic.MEAN)


def batch(values: ArrayLike, member: int = 1) -> Signal:
    tag = f"train/q{member}_value"
    return signal(tag, values, quantity=Quantity.Q_VALUE, role=Role.BATCH, statistic=Statistic.MEAN, member=member)


def batch_statistic(statistic: Statistic, values: ArrayLike) -> Signal:
    tag = f"debug/q1_{statistic.value}"
    return signal(tag, values, quantity=Quantity.Q_VALUE, role=Role.BATCH, statistic=statistic, member=1)


def target(values: ArrayLike, statistic: Statistic = Statistic.MEAN) -> Signal:
    return signal("debug/target_q_mean", values, quantity=Quantity.Q_VALUE, role=Role.TARGET, statistic=statistic)


def loss(network: Network, values: ArrayLike) -> Signal:
    return signal(f"train/{network.value}_loss", values, quantity=Quantity.LOSS, network=network)


def reward(statistic: Statistic, values: ArrayLike) -> Signal:
    tag = f"debug/reward_{statistic.value}"
    return signal(tag, values, quantity=Quantity.REWARD, role=Role.BATCH, statistic=statistic)


def returns(values: ArrayLike) -> Signal:
    return signal(
        "rollout/ep_rew_mean", values, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN, statistic=Statistic.MEAN
    )


def lengths(values: ArrayLike) -> Signal:
    return signal(
        "rollout/ep_len_mean", values, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN, statistic=Statistic.MEAN
    )


def parameter(values: ArrayLike, role: Role = Role.NONE) -> Signal:
    tag = "train/target_critic_param_norm" if role is Role.TARGET else "train/critic_param_norm"
    return signal(tag, values, quantity=Quantity.PARAMETER, network=Network.CRITIC, role=role, statistic=Statistic.NORM)


def learning(count: int, level: float = 60.0) -> np.ndarray:
    """Q that rises to its level and settles, as a healthy critic's does."""
    return level * (1.0 - np.exp(-np.linspace(0.05, 5.0, count)))
