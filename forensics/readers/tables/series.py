"""A table to series."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Flags, Ints, Series
from forensics.readers.columns import RECORDS, segments
from forensics.readers.tables.clocks import Steps, times_of, updates_of
from forensics.readers.tables.table import Column, Table

Declared = Mapping[str, Mapping[str, str]]
_NO_UPDATE = -1
_UNIX = 5e8  # 1985: no run lasted so many seconds


def series_of(
    table: Table, steps: Steps, source: str, file: str, tags: Mapping[str, str], declared: Declared
) -> list[Series]:
    """Return a series for every numeric column in `tags`, which maps its name to a tag.

    `declared` adds to a column's fields of meaning; the axis is that of the step column where its name tells it.
    """
    times, _ = times_of(table)
    updates = _updates(table, steps)
    placed = {"axis": steps.axis} if steps.axis else {} if steps.column else {"counts": RECORDS}
    made = []
    for name, tag in tags.items():
        column = table.columns[name]
        fields = placed | dict(declared.get(name, {}))
        made.append(_series(table, column, steps, times, updates, f"{source}:{file}", file, tag, fields))
    return made


def _series(
    table: Table,
    column: Column,
    steps: Steps,
    times: NDArray[np.float64],
    updates: Ints | None,
    source: str,
    file: str,
    tag: str,
    declared: dict[str, str],
) -> Series:
    rows = column.rows
    own = steps.values[rows]
    segment, superseded = parted(own, times[rows], np.searchsorted(rows, np.array(table.starts, np.int64)))
    own_updates = updates[rows] if updates is not None else None
    return Series(
        id=f"{source}#{tag}",
        tag=tag,
        source=source,
        files=(file,),
        steps=own,
        wall_times=times[rows],
        values=column.values,
        segment=segment,
        superseded=superseded,
        offsets=table.lines[rows],
        file_index=np.zeros(len(rows), np.int32),
        updates=own_updates if own_updates is not None and bool((own_updates != _NO_UPDATE).all()) else None,
        declared=declared or None,
    )


def parted(steps: Ints, times: NDArray[np.float64], starts: Ints) -> tuple[NDArray[np.int32], Flags]:
    """Return the segment of each row and whether it was overwritten; `starts` are rows at which a process began.

    Steps that go back without such a mark are told apart as in any text source (forensics.readers.columns). A
    process that began anew overwrites what stands before it from its own first step on. Times since the start of a
    process say nothing about order.
    """
    unix = bool((times > _UNIX).any())
    segment, superseded = segments(steps, times if unix else np.full(len(times), np.nan))
    breaks = np.zeros(len(steps), np.bool_)
    breaks[1:] = np.diff(segment) > 0
    for start in np.unique(starts[(starts > 0) & (starts < len(steps))]).tolist():
        breaks[start] = True
        superseded[:start] |= steps[:start] >= steps[start]
    return np.cumsum(breaks, dtype=np.int32), superseded


def _updates(table: Table, steps: Steps) -> Ints | None:
    if steps.axis == "update":
        return steps.values
    column = updates_of(table)
    if column is None:
        return None
    updates = np.full(len(table), _NO_UPDATE, np.int64)
    updates[column.rows] = np.where(np.isfinite(column.values), column.values, _NO_UPDATE).astype(np.int64)
    return updates
