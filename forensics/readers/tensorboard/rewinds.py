"""Where a run was resumed inside one event file: declared restarts, and steps that go back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.model.evidence import Ints
from forensics.readers.tensorboard.event_file import Columns, EventFile, MarkKind

# Backward steps in more than this share of a tag's rows (and more than a few) are an axis out of order, no restarts:
# resumed runs go back some times in thousands of rows, parallel writers every few rows.
DISORDER = 0.05
_FEW = 3


@dataclass(frozen=True, slots=True)
class Start:
    """The first row of a segment. `overwrites` is the step from which it replaces rows before it, if it does."""

    row: int
    overwrites: int | None


def is_constant(steps: Ints) -> bool:
    """Whether a writer logs all rows at one step: such a step tells nothing about order."""
    return len(steps) > 1 and bool((steps == steps[0]).all())


def segment_starts(file: EventFile, columns: Columns, rewinds: list[int]) -> list[Start]:
    """Return where segments of one tag begin inside its file, the file's own beginning left out.

    `rewinds` are the offsets at which most tags of the file were resumed (rewinds_of).
    """
    steps = columns.steps
    starts = {start.row: start for start in _returns(columns)}
    for offset in rewinds:
        row = int(np.searchsorted(columns.offsets, offset))
        if 0 < row < len(steps):
            starts.setdefault(row, Start(row, None if is_constant(steps) else int(steps[row])))
    for mark in file.restarts:
        row = int(np.searchsorted(columns.offsets, mark.offset))
        first: int | None = None
        if not is_constant(steps):
            if row < len(steps):
                first = int(steps[row])
            elif mark.kind is MarkKind.SESSION_START:
                first = mark.step
        if row:
            starts[row] = Start(row, first)
    return [starts[row] for row in sorted(starts)]


def rewinds_of(file: EventFile) -> list[int]:
    """Return the offsets from which most tags of a file repeat earlier steps: the run was resumed there.

    A tag shows a resumption between its last row before and its first row after; tags whose gaps overlap show the
    same one. Tags that are logged too rarely to go back themselves are divided there as well.
    """
    gaps = []
    for columns in file.columns.values():
        for start in _returns(columns):
            if start.overwrites is not None:
                gaps.append((int(columns.offsets[start.row - 1]), int(columns.offsets[start.row])))
    found: list[int] = []
    places: list[tuple[int, int]] = []
    for before, after in sorted(gaps, key=lambda gap: gap[1]):
        if places and before < places[-1][0]:
            places[-1] = (places[-1][0], places[-1][1] + 1)
        else:
            places.append((after, 1))
    for offset, votes in places:
        spanning = sum(1 for columns in file.columns.values() if columns.offsets[0] < offset <= columns.offsets[-1])
        if votes >= 2 and 2 * votes >= spanning:
            found.append(offset)
    return found


def _returns(columns: Columns) -> list[Start]:
    """Return where the steps of a tag go back.

    A return to the very first step, or below it, is a counter that is reset (each epoch, each episode) and replaces
    nothing; nor does one whose wall time goes back with it.
    """
    steps, walls = columns.steps, columns.wall_times
    if len(steps) < 2:
        return []
    rows = np.flatnonzero(steps[1:] < steps[:-1]) + 1
    if not len(rows) or len(rows) > max(_FEW, DISORDER * len(steps)):
        return []
    origin = int(steps[: rows[0]].min())
    out = []
    for row in rows.tolist():
        resumed = int(steps[row]) > origin and not walls[row] < walls[row - 1]
        out.append(Start(row, int(steps[row]) if resumed else None))
    return out
