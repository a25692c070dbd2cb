"""The scale on which two values of one critic are compared."""

from __future__ import annotations

import numpy as np

from forensics.model.evidence import Ints
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.signals import Array, Signal, Signals


def scale_of_q(signals: Signals, batch: Signal, steps: Ints, size: Array) -> tuple[Array, bool]:
    """Return the scale of Q at these steps, and whether a spread of Q takes part in it.

    It is the largest of `size` (|mean Q| there), the standard deviation of Q on the batch (of the TD target, where that
    alone is logged) and the root of the critic loss, so that a Q that crosses zero keeps a scale.
    """
    scale = size.copy()
    spread = signals.first(Quantity.Q_VALUE, role=Role.BATCH, statistic=Statistic.STD, member=batch.meaning.member)
    spread = spread or signals.first(Quantity.Q_VALUE, role=(Role.BATCH, Role.TARGET), statistic=Statistic.STD)
    if spread is not None:
        scale = np.maximum(scale, _at(spread, steps))
    loss = signals.first(Quantity.LOSS, network=Network.CRITIC)
    if loss is not None and loss.meaning.axis is batch.meaning.axis:
        scale = np.maximum(scale, np.sqrt(np.abs(_at(loss, steps))))
    return scale, spread is not None


def _at(signal: Signal, steps: Ints) -> Array:
    """Return the signal at these steps, interpolated; 0 where it has no finite value at all."""
    keep = np.isfinite(signal.values)
    if not keep.any():
        return np.zeros(len(steps))
    order = np.argsort(signal.steps[keep], kind="stable")
    return np.asarray(np.interp(steps, signal.steps[keep][order], signal.values[keep][order]))
