"""The scale that the returns give to values."""

from __future__ import annotations

import numpy as np

from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.robust import finite
from forensics.signals.signals import Array, Signals

_POINT = (Statistic.MEAN, Statistic.VALUE)
_ENOUGH = 3


def episodic_returns(signals: Signals) -> Array:
    """Return the finite episodic returns of training (of evaluation where there are none), in file order."""
    for roles in ((Role.TRAIN, Role.NONE), (Role.EVALUATION,)):
        found = signals.first(Quantity.EPISODIC_RETURN, role=roles, statistic=_POINT)
        if found is not None and len(finite(found.values)) >= _ENOUGH:
            return finite(found.values)
    return np.zeros(0)


def return_scale(signals: Signals) -> float | None:
    """Return the 99th percentile of |episodic return| over all roles; None where no return is logged."""
    found = signals.select(Quantity.EPISODIC_RETURN, statistic=_POINT)
    sizes = [np.abs(finite(signal.values)) for signal in found]
    largest = [float(np.quantile(size, 0.99)) for size in sizes if len(size) >= _ENOUGH]
    return max(largest, default=None)


def episode_length(signals: Signals) -> float | None:
    """Return the median length of an episode in environment steps; None where it is not logged."""
    found = signals.first(Quantity.EPISODE_LENGTH, statistic=_POINT)
    lengths = finite(found.values) if found is not None else np.zeros(0)
    return float(np.median(lengths)) if len(lengths) and np.median(lengths) >= 1 else None


def discount(signals: Signals) -> float | None:
    """Return the discount factor that was established, else the configured one."""
    known = signals.number("gamma")
    return known if known is not None else signals.config("gamma", "discount", "discount_factor")
