"""Which scale a figure is drawn in."""

from __future__ import annotations

import math

from forensics.model.finding import Figure
from reports.palette import LINES

_TWO_DECADES = 100.0


def drawn_scale(figure: Figure) -> str:
    """Return linear, log, or symlog (logarithmic to both sides of 0).

    A figure that asks for a linear scale gets it, unless a limit stands decades away from positive data; one
    that asks for a logarithmic scale gets it where two decades or more are spanned.
    """
    limits = [limit.value for limit in figure.limits if math.isfinite(limit.value)]
    data = [value for line in figure.lines[:LINES] for value in (*line.low, *line.high) if math.isfinite(value)]
    shown = data + limits
    sizes = [abs(value) for value in shown if value]
    if not data or not sizes or max(sizes) / min(sizes) < _TWO_DECADES:
        return "linear"
    if min(shown) > 0:
        return "log" if figure.scale != "linear" or limits else "linear"
    return "symlog" if figure.scale != "linear" else "linear"
