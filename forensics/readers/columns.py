"""Grows columns of numbers from a text source, line by line, and makes Series of them."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Floats, Ints, Series
from forensics.readers.tensorboard.rewinds import DISORDER

NO_STEP = -(2**63)
NO_UPDATE = -1
RECORDS = "records"  # given as an axis: the steps but number what was written, and are on none
_CYCLES = 3
_FEW = 3


class Columns:
    """The numbers of one source (one log with its rotated parts), by tag.

    A *row* is a line that holds numbers: its place, step, update and time are stored once, however many tags it
    feeds. Memory is about 53 bytes a row and 16 a number; nothing of the text is kept.
    """

    def __init__(self, source: str, files: tuple[str, ...], most_tags: int) -> None:
        self._source = source
        self.files = files
        self._most_tags = most_tags
        self._steps, self._updates, self._episodes = array("q"), array("q"), array("q")
        self._lines, self._file_index = array("q"), array("i")
        self._times = array("d")
        self._tags: dict[tuple[str, str], tuple[array[int], array[float]]] = {}
        self._last_axis: dict[str, str] = {}
        self.refused_tags = 0

    def row(
        self, file: int, line: int, step: int | None, update: int | None, time: float | None, episode: int | None = None
    ) -> int:
        """Start a row and return its number. `episode` is the one that `step` stands in, where both are named."""
        self._steps.append(NO_STEP if step is None else step)
        self._episodes.append(NO_STEP if episode is None else episode)
        self._updates.append(NO_UPDATE if update is None else update)
        self._times.append(np.nan if time is None else time)
        self._lines.append(line)
        self._file_index.append(file)
        return len(self._steps) - 1

    def add(self, row: int, tag: str, value: float, axis: str = "") -> None:
        """Put one number under `tag` into `row`, whose step counts `axis`; one tag on two axes is two series."""
        if self._steps[row] == NO_STEP:
            axis = self._last_axis.get(tag, axis)
        key = (tag, axis)
        column = self._tags.get(key)
        if column is None:
            if len(self._tags) >= self._most_tags:
                self.refused_tags += 1
                return
            column = self._tags[key] = (array("q"), array("d"))
            self._last_axis[tag] = axis
        column[0].append(row)
        column[1].append(value)

    def series(self, at_least: int = 1) -> list[Series]:
        """Return a Series for every tag of `at_least` points, in the order in which the tags appeared.

        A row without a step takes the step of the row before it that has one; where no row of the tag has one, the
        points are numbered from 0. A counter that starts over at the same number again and again, in stretches of
        one length, counts inside an epoch: its points are numbered too. One that does not go on while the episode
        beside it does ("Episode: 7, Steps: 200") tells the length of the episode, which then is the step.
        """
        steps = np.array(self._steps, np.int64)
        episodes = np.array(self._episodes, np.int64)
        filled = _forward_filled(steps)
        made = []
        for (tag, axis), (rows, values) in self._tags.items():
            if len(rows) >= at_least:
                chosen = np.array(rows, np.int64)
                if (tag, "episode") not in self._tags and _inside(steps[chosen], episodes[chosen]):
                    made.append(self._series(tag, "episode", chosen, np.array(values, np.float64), episodes[chosen]))
                    continue
                numbered = bool((steps[chosen] == NO_STEP).all()) or _cyclic(filled[chosen])
                own = np.arange(len(rows), dtype=np.int64) if numbered else filled[chosen]
                on = RECORDS if numbered else axis
                made.append(self._series(tag, on, chosen, np.array(values, np.float64), own))
        return made

    def _series(self, tag: str, axis: str, rows: Ints, values: Floats, steps: Ints) -> Series:
        updates = np.asarray(self._updates, np.int64)[rows]
        times = np.asarray(self._times, np.float64)[rows]
        segment, superseded = segments(steps, times)
        return Series(
            id=f"{self._source}#{tag}" + (f"@{axis}" if axis and axis != RECORDS else ""),
            tag=tag,
            source=self._source,
            files=self.files,
            steps=steps,
            wall_times=times,
            values=values,
            segment=segment,
            superseded=superseded,
            offsets=np.asarray(self._lines, np.int64)[rows],
            file_index=np.asarray(self._file_index, np.int32)[rows],
            updates=updates if bool((updates != NO_UPDATE).all()) else None,
            declared={"counts": RECORDS} if axis == RECORDS else {"axis": axis} if axis else None,
        )


def segments(steps: Ints, times: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return the segment of each row, and whether a later segment has overwritten it, as for event files.

    A segment starts where the step goes back. Rows at or after its first step that stand before it were made again,
    so they are superseded; not so where the counter returns to its very start (it is reset, or the run began anew),
    nor where the clock goes back with it. Steps that go back all the time are out of order and make no segment.
    """
    count = len(steps)
    segment = np.zeros(count, np.int32)
    superseded = np.zeros(count, np.bool_)
    back = np.flatnonzero(np.diff(steps) < 0) + 1
    if not len(back) or len(back) > max(_FEW, DISORDER * count):
        return segment, superseded
    segment[back] = 1
    origin = int(steps[: back[0]].min())
    for row in back.tolist():
        if steps[row] > origin and not times[row] < times[row - 1]:
            superseded[:row] |= steps[:row] >= steps[row]
    return np.cumsum(segment, dtype=np.int32), superseded


def _forward_filled(steps: Ints) -> Ints:
    known = steps != NO_STEP
    last = np.maximum.accumulate(np.where(known, np.arange(len(steps)), -1)) if len(steps) else steps
    return np.where(last >= 0, steps[np.maximum(last, 0)], 0)


def _inside(steps: Ints, episodes: Ints) -> bool:
    """Tell whether steps count inside episodes that are named beside them: they go back where the episodes go on."""
    if len(steps) < 2 or bool((episodes == NO_STEP).any()) or bool((steps == NO_STEP).any()):
        return False
    back = int((np.diff(steps) < 0).sum()) - int((np.diff(episodes) < 0).sum())
    return int(np.ptp(episodes)) > 0 and (int(np.ptp(steps)) == 0 or back > DISORDER * len(steps))


def _cyclic(steps: Ints) -> bool:
    back = np.flatnonzero(np.diff(steps) < 0) + 1
    if len(back) < _CYCLES:
        return False
    lengths = np.diff(np.concatenate([[0], back]))
    return bool((steps[back] == steps[0]).all() and (lengths == lengths[0]).all() and lengths[0] > 1)
