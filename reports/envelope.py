"""Fewer columns for a curve, without losing its extremes."""

from __future__ import annotations

from itertools import pairwise

from forensics.model.finding import Line


def coarsen(line: Line, columns: int) -> Line:
    """Return the line in at most `columns` columns, each from the lowest to the highest value of those it joins."""
    count = len(line.steps)
    if count <= columns:
        return line
    edges = [index * count // columns for index in range(columns + 1)]
    spans = list(pairwise(edges))
    return Line(
        label=line.label,
        steps=[line.steps[first] for first, _ in spans],
        low=[min(line.low[first:last]) for first, last in spans],
        high=[max(line.high[first:last]) for first, last in spans],
    )
