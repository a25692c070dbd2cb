"""Fewer columns for a curve, without losing its extremes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reports.scales import Row


def coarsen(rows: Sequence[Row], columns: int) -> Sequence[Row]:
    """Return at most `columns` columns, each from the lowest to the highest value of those it joins."""
    count = len(rows)
    if count <= columns:
        return rows
    edges = [index * count // columns for index in range(columns + 1)]
    joined = (rows[first:last] for first, last in pairwise(edges))
    return [(group[0][0], min(row[1] for row in group), max(row[2] for row in group)) for group in joined]
