"""The words under a figure: they state its numbers, so that nothing is told by the picture alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from forensics.model.finding import Figure, Line
from reports.palette import DASHES, LINES
from reports.scales import drawn_scale
from reports.words import axis, number

SCALES = {"log": "logarithmic scale", "symlog": "logarithmic scale to both sides of 0"}


@dataclass(frozen=True)
class LineCaption:
    """One line of the key: how it is drawn, what it is, and its numbers."""

    index: int
    dash: str
    label: str
    numbers: str


def lines(figure: Figure) -> list[LineCaption]:
    """Return the key of the figure: first, last, lowest and highest finite value of each line."""
    return [
        LineCaption(index=index + 1, dash=DASHES[index], label=line.label, numbers=_numbers(line, figure.unit))
        for index, line in enumerate(figure.lines[:LINES])
    ]


def marks(figure: Figure) -> str:
    """Return the scale, the limits and the onset of the figure in words; empty where there is nothing to say."""
    scale = drawn_scale(figure)
    parts = [SCALES[scale]] if scale in SCALES else []
    parts += [f"limit ({limit.label}): {number(limit.value)}" for limit in figure.limits]
    if figure.onset is not None:
        parts.append(f"onset at {axis(figure.axis)} {figure.onset:,}")
    if len(figure.lines) > LINES:
        parts.append(f"{len(figure.lines) - LINES} more lines are in diagnosis.json")
    words = "; ".join(parts)
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _values(line: Line) -> list[tuple[int, float, float]]:
    rows = zip(line.steps, line.low, line.high, strict=False)
    return [row for row in rows if math.isfinite(row[1]) and math.isfinite(row[2])]


def _numbers(line: Line, unit: str) -> str:
    rows = _values(line)
    if not rows:
        return "no finite value"
    first, last = rows[0], rows[-1]
    low, high = min(row[1] for row in rows), max(row[2] for row in rows)
    tail = f" {unit}" if unit else ""
    if low == high:
        return f"{number(low)}{tail} throughout, steps {first[0]:,} to {last[0]:,}"
    if len(rows) == 1:
        return f"{number(low)} to {number(high)}{tail} at step {first[0]:,}"
    return (
        f"{_band(first)} at step {first[0]:,}, {_band(last)} at {last[0]:,}; "
        f"lowest {number(low)}, highest {number(high)}{tail}"
    )


def _band(row: tuple[int, float, float]) -> str:
    """Return one column: its value, or its lowest and highest where it joins several points."""
    _, low, high = row
    return number(low) if number(low) == number(high) else f"{number(low)} to {number(high)}"
