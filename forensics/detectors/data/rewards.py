"""The size of rewards, measured or derived from returns and lengths."""

from __future__ import annotations

import numpy as np

from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.robust import finite
from forensics.signals.signals import Array, Signal, Signals


def step_rewards(signals: Signals) -> list[Signal]:
    """Return the series of rewards of single steps or batches (mean or value)."""
    return signals.select(Quantity.REWARD, statistic=(Statistic.MEAN, Statistic.VALUE))


def derived_reward(signals: Signals) -> tuple[Signal, float] | None:
    """Return a training return and the median |return| over the median episode length, or None."""
    returned = signals.first(Quantity.EPISODIC_RETURN, role=Role.TRAIN, statistic=(Statistic.MEAN, Statistic.VALUE))
    length = signals.first(Quantity.EPISODE_LENGTH, role=Role.TRAIN, statistic=(Statistic.MEAN, Statistic.VALUE))
    if returned is None or length is None:
        return None
    sizes, lengths = np.abs(finite(returned.values)), finite(length.values)
    if len(sizes) < 5 or len(lengths) < 5 or np.median(lengths) < 1:
        return None
    return returned, float(np.median(sizes) / np.median(lengths))


def value_loss(signals: Signals) -> Array:
    """Return the finite values of the critic's or value's loss: of the largest, where one is logged clipped as well."""
    losses = [finite(one.values) for one in signals.select(Quantity.LOSS, network=(Network.CRITIC, Network.VALUE))]
    return max((loss for loss in losses if len(loss)), key=lambda loss: float(np.median(loss)), default=np.zeros(0))
