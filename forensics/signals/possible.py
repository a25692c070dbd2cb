"""Takes back what a name claims where the numbers cannot be that: a share of 240,000 is none."""

from __future__ import annotations

import math

from forensics.model.meaning import Quantity, Standing
from forensics.signals.robust import finite
from forensics.signals.signals import Signal

SLACK = 0.05  # of the range's end: float32, percent of rounding, an exponential average that overshoots
_PERCENT = 100.0
_NOT_NEGATIVE = (0.0, math.inf)
_RANGES = {
    Quantity.DONE_SHARE: (0.0, 1.0),
    Quantity.CLIP_FRACTION: (0.0, 1.0),
    Quantity.DISCOUNT: (0.0, 1.0),
    Quantity.EXPLAINED_VARIANCE: (-math.inf, 1.0),
    Quantity.SUCCESS_RATE: (0.0, _PERCENT),
    Quantity.ACCURACY: (0.0, _PERCENT),
    Quantity.BUFFER_SHARE: (0.0, _PERCENT),
    Quantity.EPISODE_LENGTH: _NOT_NEGATIVE,
    Quantity.GRADIENT_NORM: _NOT_NEGATIVE,
    Quantity.LEARNING_RATE: _NOT_NEGATIVE,
    Quantity.UPDATE_RATIO: _NOT_NEGATIVE,
    Quantity.BUFFER_SIZE: _NOT_NEGATIVE,
    Quantity.BATCH_SIZE: _NOT_NEGATIVE,
}


def only_possible(signal: Signal) -> Signal:
    """Return the signal, its quantity unknown where a finite value lies outside what the claimed one can be."""
    bounds = _RANGES.get(signal.meaning.quantity)
    if bounds is None or signal.standing.get("quantity") is not Standing.CLAIMED:
        return signal
    values = finite(signal.values)
    if not len(values):
        return signal
    least, most = float(values.min()), float(values.max())
    low, high = bounds
    wrong = least if least < low else most if most > high * (1 + SLACK) else None
    if wrong is None:
        return signal
    return signal.establish("quantity", Quantity.OTHER, f"no {signal.meaning.quantity} can be {wrong:.6g}")
