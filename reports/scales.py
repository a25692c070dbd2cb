"""Which values of a figure can be drawn, and on which scale."""

from __future__ import annotations

from forensics.model.finding import Figure, Line
from reports.palette import LINES

Row = tuple[int, float, float]

_TWO_DECADES = 100.0
_HUGE = 1e200  # the margins around larger numbers overflow
_TINY = 1e-200  # and those around smaller ones vanish


def drawable(line: Line) -> list[Row]:
    """Return step, lowest and highest value of the columns that can be drawn; magnitudes under 1e-200 are 0.

    Columns that are not finite, or beyond 1e200, are left out: the caption states them.
    """
    rows = zip(line.steps, line.low, line.high, strict=False)
    return [(step, _snap(low), _snap(high)) for step, low, high in rows if fits(low) and fits(high)]


def fits(value: float) -> bool:
    """Whether a number is finite and small enough to be drawn (NaN is not)."""
    return abs(value) < _HUGE


def drawn_scale(figure: Figure) -> str:
    """Return linear, log, or symlog (logarithmic to both sides of 0).

    A figure that asks for a linear scale gets it, unless a limit stands decades away from positive data; one
    that asks for a logarithmic scale gets it where two decades or more are spanned.
    """
    limits = [_snap(limit.value) for limit in figure.limits if fits(limit.value)]
    data = [value for line in figure.lines[:LINES] for _, low, high in drawable(line) for value in (low, high)]
    shown = data + limits
    sizes = [abs(value) for value in shown if value]
    if not data or not sizes or max(sizes) / min(sizes) < _TWO_DECADES:
        return "linear"
    if min(shown) > 0:
        return "log" if figure.scale != "linear" or limits else "linear"
    return "symlog" if figure.scale != "linear" else "linear"


def _snap(value: float) -> float:
    return value if abs(value) >= _TINY else 0.0
