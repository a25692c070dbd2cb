"""The pieces of a series: files and backward steps, and where one begins again behind another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from forensics.model.evidence import Series
from forensics.signals.signals import Signal, Signals


@dataclass(frozen=True)
class Segment:
    """One stretch of one series in one file, rows first to last (inclusive)."""

    series: Series
    number: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    @property
    def file(self) -> str:
        return self.series.files[int(self.series.file_index[self.first])]

    @property
    def rows(self) -> slice:
        return slice(self.first, self.last + 1)

    @property
    def start(self) -> int:
        return int(self.series.steps[self.first])

    @property
    def end(self) -> int:
        return int(self.series.steps[self.rows].max())

    @property
    def walls(self) -> tuple[float, float]:
        """First and last wall time; NaN where none is known."""
        walls = self.series.wall_times[self.rows]
        known = walls[np.isfinite(walls)]
        return (float(known.min()), float(known.max())) if len(known) else (float("nan"), float("nan"))


@dataclass(frozen=True)
class Rewind:
    """A segment that begins behind the end of everything logged before it."""

    before: Segment
    after: Segment

    @property
    def back(self) -> int:
        return self.before.end - self.after.start


def segments(series: Series) -> list[Segment]:
    """Return the segments of a series in file order."""
    if not len(series):
        return []
    cuts = np.flatnonzero((np.diff(series.segment) != 0) | (np.diff(series.file_index) != 0)) + 1
    bounds = [0, *cuts.tolist(), len(series)]
    return [Segment(series, number, bounds[number], bounds[number + 1] - 1) for number in range(len(bounds) - 1)]


def rewinds(series: Series) -> list[Rewind]:
    """Return where a later segment begins at a lower step than an earlier one ended (a tie is no rewind)."""
    found = []
    for before, after in pairwise(segments(series)):
        if after.start < before.end:
            found.append(Rewind(before, after))
    return found


def logged(signals: Signals, points: int) -> list[Signal]:
    """Return the signals of at least so many rows, superseded ones included."""
    return [one for one in signals.signals if len(one.series) >= points]
