"""Joining series that were logged at the same steps."""

from __future__ import annotations

import numpy as np

from forensics.model.evidence import Ints
from forensics.signals.signals import Array, Signal


def join(*signals: Signal) -> tuple[Ints, list[Array]]:
    """Return the steps that all signals share, and each signal's values there (the last, where a step repeats)."""
    steps = _unique_last(signals[0])[0]
    for signal in signals[1:]:
        steps = np.intersect1d(steps, _unique_last(signal)[0], assume_unique=True)
    columns = []
    for signal in signals:
        own, values = _unique_last(signal)
        columns.append(values[np.searchsorted(own, steps)])
    return steps, columns


def _unique_last(signal: Signal) -> tuple[Ints, Array]:
    reverse = signal.steps[::-1]
    steps, first = np.unique(reverse, return_index=True)
    return steps, signal.values[::-1][first]
