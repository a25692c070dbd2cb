"""Reducing series to what a figure needs, without losing a spike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.model.finding import Figure, Limit, Line
from forensics.signals.signals import Array, Signal

COLUMNS = 400


def figure(
    title: str,
    signals: Sequence[Signal],
    *,
    limits: Sequence[tuple[str, float]] = (),
    onset: int | None = None,
    unit: str = "",
) -> Figure:
    """Describe a figure of these signals. The scale is logarithmic where values span more than two decades."""
    values = np.concatenate([signal.values for signal in signals]) if signals else np.zeros(0)
    return Figure(
        title=title,
        axis=signals[0].meaning.axis.value if signals else "unknown",
        unit=unit,
        scale=_scale(values),
        lines=[line(signal) for signal in signals],
        limits=[Limit(label=label, value=value) for label, value in limits],
        onset=onset,
    )


def line(signal: Signal) -> Line:
    """Reduce a signal to at most COLUMNS columns of lowest and highest value; non-finite points are left out."""
    keep = np.isfinite(signal.values)
    steps, values = signal.steps[keep], signal.values[keep]
    if len(steps) <= COLUMNS:
        return Line(label=signal.tag, steps=steps.tolist(), low=values.tolist(), high=values.tolist())
    starts = np.linspace(0, len(steps), COLUMNS, endpoint=False).astype(np.int64)
    low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    return Line(label=signal.tag, steps=steps[starts].tolist(), low=low.tolist(), high=high.tolist())


def _scale(values: Array) -> str:
    size = np.abs(values[np.isfinite(values) & (values != 0)])
    if not len(size) or size.max() / size.min() < 100:
        return "linear"
    return "log" if (values[np.isfinite(values)] > 0).all() else "symlog"
