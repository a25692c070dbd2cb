"""The gradient update index at which a point was logged."""

from __future__ import annotations

import numpy as np

from forensics.model.meaning import Axis, Quantity
from forensics.signals.signals import Array, Signal, Signals


def updates_at(signals: Signals, signal: Signal) -> Array:
    """Return updates done (or a count proportional to them) at each point of the signal; always above 0.

    In order of preference: the update index logged with the series, an update axis, a logged update counter
    (interpolated over steps), steps since the established start of learning, steps since one logging interval
    before the first point (a network's first point comes one interval after its first update).
    """
    steps = signal.steps.astype(np.float64)
    logged = signal.series.updates
    if logged is not None:
        own = logged[~signal.series.superseded].astype(np.float64)
        if (own > 0).all():
            return own
    if signal.meaning.axis is Axis.UPDATE:
        return np.maximum(steps, 1.0)
    counter = signals.first(Quantity.UPDATE_COUNT, axis=signal.meaning.axis)
    if counter is not None and len(counter) >= 2 and counter.values.max() > counter.values.min():
        order = np.argsort(counter.steps, kind="stable")
        return np.maximum(np.interp(steps, counter.steps[order], counter.values[order]), 1.0)
    start = signals.number("learning_starts")
    if start is None or start >= steps.min():
        gap = float(np.median(np.diff(steps))) if len(steps) > 1 else 1.0
        start = float(steps.min()) - max(gap, 1.0)
    return np.maximum(steps - start, 1.0)
