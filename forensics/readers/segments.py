"""Rows of all event files of a directory to series: file order, restarts, and rows that a restart overwrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Flags, Floats, Ints, Series
from forensics.readers.tfevents_file import Columns, EventFile, MarkKind

_STAMP = re.compile(r"tfevents\.(\d{1,19})")

# Backward steps in more than this share of a tag's rows (and more than a few) are an axis out of order, no restarts:
# resumed runs go back some times in thousands of rows, parallel writers every few rows.
DISORDER = 0.05
_FEW = 3


@dataclass(frozen=True, slots=True)
class _Start:
    """The first row of a segment. `overwrites` is the step from which it replaces rows before it, if it does."""

    row: int
    overwrites: int | None


def file_order(file: EventFile) -> tuple[int, str]:
    """Sort key of the files of a directory: the time in the name, then the name."""
    name = PurePosixPath(file.path).name
    stamp = _STAMP.search(name)
    return (int(stamp.group(1)) if stamp else 0, name)


def to_series(files: Sequence[EventFile]) -> tuple[Series, ...]:
    """Return one series for each directory and tag of `files`, every row kept.

    A new segment begins with each file, at each declared restart, and where the steps of a tag go back. Rows at or
    after the first step of a later segment are superseded by it, except where files were written at the same time
    (neither overwrote the other), where a tag's step is a constant, where the steps come out of order, and where an
    undeclared return leads to the very start (a counter that is reset).
    """
    out: list[Series] = []
    for directory in sorted({_directory(file) for file in files}):
        ordered = sorted((file for file in files if _directory(file) == directory), key=file_order)
        apart = _sequential(ordered)
        tags = dict.fromkeys(tag for file in ordered for tag in file.columns)
        out += [_series(directory, tag, ordered, apart) for tag in tags]
    return tuple(out)


def _directory(file: EventFile) -> str:
    parent = PurePosixPath(file.path).parent.as_posix()
    return "" if parent == "." else parent


def _sequential(files: list[EventFile]) -> NDArray[np.bool_]:
    """Return a matrix: whether file i was finished when file j was begun, by the wall times of their scalars."""
    spans = []
    for file in files:
        walls = [column.wall_times for column in file.columns.values()]
        finite = np.concatenate(walls) if walls else np.zeros(0)
        finite = finite[np.isfinite(finite)]
        spans.append((float(finite.min()), float(finite.max())) if len(finite) else (np.nan, np.nan))
    first, last = np.array([span[0] for span in spans]), np.array([span[1] for span in spans])
    return np.asarray(last[:, None] <= first[None, :], np.bool_)


def _series(directory: str, tag: str, files: list[EventFile], apart: NDArray[np.bool_]) -> Series:
    held = [(index, file.columns[tag]) for index, file in enumerate(files) if tag in file.columns]
    steps, walls, values, offsets = _stack([columns for _, columns in held])
    index = np.repeat(np.arange(len(held), dtype=np.int32), [len(columns) for _, columns in held])
    segment = np.zeros(len(steps), np.int32)
    superseded = np.zeros(len(steps), np.bool_)
    base = 0
    for place, (number, columns) in enumerate(held):
        starts = _starts(files[number], columns, walls[base : base + len(columns)])
        if place:
            segment[base:] += 1
        for start in starts:
            segment[base + start.row :] += 1
            if start.overwrites is not None:
                rows = slice(base, base + start.row)
                superseded[rows] |= steps[rows] >= start.overwrites
        _overwrite_files(place, held, apart, superseded)
        base += len(columns)
    return Series(
        id=f"{directory}/{tag}" if directory else tag,
        tag=tag,
        source="tensorboard",
        files=tuple(files[number].path for number, _ in held),
        steps=steps,
        wall_times=walls,
        values=values,
        segment=segment,
        superseded=superseded,
        offsets=offsets,
        file_index=index,
    )


def _stack(columns: list[Columns]) -> tuple[Ints, NDArray[np.float64], Floats, Ints]:
    if len(columns) == 1:
        only = columns[0]
        return only.steps, only.wall_times, only.values, only.offsets
    return (
        np.concatenate([column.steps for column in columns]),
        np.concatenate([column.wall_times for column in columns]),
        np.concatenate([column.values for column in columns]),
        np.concatenate([column.offsets for column in columns]),
    )


def _constant(steps: Ints) -> bool:
    return len(steps) > 1 and bool((steps == steps[0]).all())


def _overwrite_files(place: int, held: list[tuple[int, Columns]], apart: NDArray[np.bool_], superseded: Flags) -> None:
    """Mark the rows of earlier files that file number `place` of those that hold the tag has overwritten."""
    number, columns = held[place]
    if not place or _constant(columns.steps):
        return
    first = int(columns.steps[0])
    base = 0
    for earlier, before in held[:place]:
        rows = slice(base, base + len(before))
        single = len(before) == len(columns) == 1 and int(before.steps[0]) == first
        if apart[earlier, number] and not _constant(before.steps) and not single:
            superseded[rows] |= before.steps >= first
        base += len(before)


def _starts(file: EventFile, columns: Columns, walls: NDArray[np.float64]) -> list[_Start]:
    """Return where segments begin inside one file, the file's own beginning left out."""
    steps = columns.steps
    if not file.restarts and (len(steps) < 2 or bool((steps[1:] >= steps[:-1]).all())):
        return []
    starts = {start.row: start for start in _returns(steps, walls)}
    for mark in file.restarts:
        row = int(np.searchsorted(columns.offsets, mark.offset))
        if row == 0:
            continue
        if row < len(steps):
            first: int | None = int(steps[row])
        else:
            first = mark.step if mark.kind is MarkKind.SESSION_START else None
        if _constant(steps):
            first = None
        starts[row] = _Start(row, first)
    return [starts[row] for row in sorted(starts)]


def _returns(steps: Ints, walls: NDArray[np.float64]) -> list[_Start]:
    """Return where the steps of a tag go back."""
    rows = np.flatnonzero(steps[1:] < steps[:-1]) + 1
    if len(rows) > max(_FEW, DISORDER * len(steps)):
        return []
    origin = int(steps[: rows[0]].min()) if len(rows) else 0
    out = []
    for row in rows.tolist():
        goes_on = not walls[row] < walls[row - 1]
        resumed = goes_on and int(steps[row]) > origin
        out.append(_Start(row, int(steps[row]) if resumed else None))
    return out
