"""Rows of all event files of a directory to series: file order, restarts, and rows that a restart overwrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Flags, Floats, Ints, Series
from forensics.readers.tensorboard.event_file import Columns, EventFile
from forensics.readers.tensorboard.rewinds import is_constant, rewinds_of, segment_starts

_STAMP = re.compile(r"tfevents\.(\d{1,19})")


def file_order(file: EventFile) -> tuple[int, str]:
    """Sort key of the files of a directory: the time in the name, then the name."""
    name = PurePosixPath(file.path).name
    stamp = _STAMP.search(name)
    return (int(stamp.group(1)) if stamp else 0, name)


def to_series(files: Sequence[EventFile]) -> tuple[Series, ...]:
    """Return one series for each directory and tag of `files`, every row kept.

    A new segment begins with each file, at each declared restart, and where the steps of a tag go back (rewinds.py).
    Rows at or after the first step of a later segment are superseded by it, except where files were written at the
    same time (neither overwrote the other), where a tag's step is a constant, where the steps come out of order, and
    where an undeclared return leads to the very start (a counter that is reset).
    """
    groups: dict[str, list[EventFile]] = {}
    for file in sorted(files, key=file_order):
        groups.setdefault(_directory(file), []).append(file)
    out: list[Series] = []
    for directory in sorted(groups):
        ordered = groups[directory]
        apart = _sequential(ordered)
        rewinds = [rewinds_of(file) for file in ordered]
        tags = dict.fromkeys(tag for file in ordered for tag in file.columns)
        out += [_series(directory, tag, ordered, apart, rewinds) for tag in tags]
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


def _series(
    directory: str, tag: str, files: list[EventFile], apart: NDArray[np.bool_], rewinds: list[list[int]]
) -> Series:
    held = [(index, file.columns[tag]) for index, file in enumerate(files) if tag in file.columns]
    steps, walls, values, offsets = _stack([columns for _, columns in held])
    index = np.repeat(np.arange(len(held), dtype=np.int32), [len(columns) for _, columns in held])
    segment = np.zeros(len(steps), np.int32)
    superseded = np.zeros(len(steps), np.bool_)
    base = 0
    for place, (number, columns) in enumerate(held):
        starts = segment_starts(files[number], columns, rewinds[number])
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
    with np.errstate(invalid="ignore"):  # float32 beside float64: a signalling NaN becomes a quiet one
        values = np.concatenate([column.values for column in columns])
    return (
        np.concatenate([column.steps for column in columns]),
        np.concatenate([column.wall_times for column in columns]),
        values,
        np.concatenate([column.offsets for column in columns]),
    )


def _overwrite_files(place: int, held: list[tuple[int, Columns]], apart: NDArray[np.bool_], superseded: Flags) -> None:
    """Mark the rows of earlier files that file number `place` of those that hold the tag has overwritten."""
    number, columns = held[place]
    if not place or is_constant(columns.steps):
        return
    first = int(columns.steps[0])
    base = 0
    for earlier, before in held[:place]:
        rows = slice(base, base + len(before))
        single = len(before) == len(columns) == 1 and int(before.steps[0]) == first
        if apart[earlier, number] and not is_constant(before.steps) and not single:
            superseded[rows] |= before.steps >= first
        base += len(before)
