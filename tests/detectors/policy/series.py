"""Signals of a policy's actions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal


def executed(action: np.ndarray, noise: float, *, name: str = "steering", bound: float = 1.0) -> list[Signal]:
    """The four statistics of executed actions: at each point 200 samples of `action` plus noise, clipped at the bound.

    `action` holds the policy's own actions, one row a logged point.
    """
    random = np.random.default_rng(1)
    samples = np.clip(action + noise * bound * random.standard_normal(action.shape), -bound, bound)
    statistics = {
        Statistic.MEAN: samples.mean(axis=1),
        Statistic.STD: samples.std(axis=1),
        Statistic.MIN: samples.min(axis=1),
        Statistic.MAX: samples.max(axis=1),
    }
    return [
        signal(
            f"debug/action_{name}_{statistic.value}",
            values,
            quantity=Quantity.ACTION,
            role=Role.TRAIN,
            statistic=statistic,
            name=name,
        )
        for statistic, values in statistics.items()
    ]


def exploration(values: ArrayLike) -> Signal:
    return signal("train/exploration_noise", values, quantity=Quantity.EXPLORATION_NOISE)


def saturation(values: ArrayLike) -> Signal:
    return signal("train/policy_saturation", values, quantity=Quantity.SATURATION_SHARE, network=Network.ACTOR)
