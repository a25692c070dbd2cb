"""Grows columns of numbers from a text source, line by line, and makes Series of them."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Floats, Ints, Series

NO_STEP = -(2**63)
NO_UPDATE = -1
_CYCLES = 3


class Columns:
    """The numbers of one source (one log with its rotated parts), by tag.

    A *row* is a line that holds numbers: its place, step, update and time are stored once, however many tags it
    feeds. Memory is about 45 bytes a row and 16 a number; nothing of the text is kept.
    """

    def __init__(self, source: str, files: tuple[str, ...], most_tags: int) -> None:
        self._source = source
        self.files = files
        self._most_tags = most_tags
        self._steps, self._updates = array("q"), array("q")
        self._lines, self._file_index = array("q"), array("i")
        self._times = array("d")
        self._axes: list[str] = []
        self._tags: dict[str, tuple[array[int], array[float]]] = {}
        self.refused_tags = 0

    def row(self, file: int, line: int, step: int | None, update: int | None, time: float | None, axis: str) -> int:
        """Start a row and return its number."""
        self._steps.append(NO_STEP if step is None else step)
        self._updates.append(NO_UPDATE if update is None else update)
        self._times.append(np.nan if time is None else time)
        self._lines.append(line)
        self._file_index.append(file)
        self._axes.append(axis)
        return len(self._steps) - 1

    def add(self, row: int, tag: str, value: float) -> None:
        """Put one number under `tag` into `row`."""
        column = self._tags.get(tag)
        if column is None:
            if len(self._tags) >= self._most_tags:
                self.refused_tags += 1
                return
            column = self._tags[tag] = (array("q"), array("d"))
        column[0].append(row)
        column[1].append(value)

    def series(self, at_least: int = 1) -> list[Series]:
        """Return a Series for every tag of `at_least` points, in the order in which the tags appeared.

        A row without a step takes the step of the row before it that has one; where no row of the tag has one, the
        points are numbered from 0. A counter that starts over at the same number again and again, in stretches of
        one length, counts inside an epoch: its points are numbered too.
        """
        steps = np.frombuffer(self._steps, np.int64) if self._steps else np.zeros(0, np.int64)
        filled = _forward_filled(steps)
        made = []
        for tag, (rows, values) in self._tags.items():
            if len(rows) < at_least:
                continue
            chosen = np.frombuffer(rows, np.int64)
            made.append(self._series(tag, chosen, np.array(values), steps[chosen], filled[chosen]))
        return made

    def _series(self, tag: str, rows: Ints, values: Floats, own: Ints, filled: Ints) -> Series:
        axes = {self._axes[row] for row in rows[:: max(1, len(rows) // 1000)].tolist()}
        numbered = bool((own == NO_STEP).all()) or _cyclic(filled)
        steps = np.arange(len(rows), dtype=np.int64) if numbered else filled
        updates = np.frombuffer(self._updates, np.int64)[rows]
        axis = axes.pop() if len(axes) == 1 and not numbered else ""
        segment, superseded = segments(steps)
        return Series(
            id=f"{self._source}#{tag}",
            tag=tag,
            source=self._source,
            files=self.files,
            steps=steps,
            wall_times=np.frombuffer(self._times, np.float64)[rows],
            values=values,
            segment=segment,
            superseded=superseded,
            offsets=np.frombuffer(self._lines, np.int64)[rows],
            file_index=np.frombuffer(self._file_index, np.int32)[rows],
            updates=updates if bool((updates != NO_UPDATE).all()) else None,
            declared={"axis": axis} if axis else None,
        )


def segments(steps: Ints) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return the segment of each row, and whether a later segment has overwritten it.

    A segment starts where the step goes back; rows at or after its first step that stand before it in the file
    were made again, so they are superseded.
    """
    count = len(steps)
    back = np.flatnonzero(np.diff(steps) < 0) + 1
    segment = np.zeros(count, np.int32)
    segment[back] = 1
    segment = np.cumsum(segment, dtype=np.int32)
    if not len(back):
        return segment, np.zeros(count, np.bool_)
    starts = steps[back]
    lowest_later = np.append(np.minimum.accumulate(starts[::-1])[::-1], np.iinfo(np.int64).max)
    return segment, steps >= lowest_later[segment]


def _forward_filled(steps: Ints) -> Ints:
    known = steps != NO_STEP
    last = np.maximum.accumulate(np.where(known, np.arange(len(steps)), -1)) if len(steps) else steps
    return np.where(last >= 0, steps[np.maximum(last, 0)], 0)


def _cyclic(steps: Ints) -> bool:
    back = np.flatnonzero(np.diff(steps) < 0) + 1
    if len(back) < _CYCLES:
        return False
    lengths = np.diff(np.concatenate([[0], back]))
    return bool((steps[back] == steps[0]).all() and (lengths == lengths[0]).all() and lengths[0] > 1)
