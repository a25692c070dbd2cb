"""The history of a run: one row a call of log(), made into series."""

from __future__ import annotations

from collections import Counter
from typing import Any

from forensics.readers.columns import Columns
from forensics.readers.steps import COARSE, counter, pick
from forensics.readers.text.jsonrecord import numbers

STEP, TIME, RUNTIME = "_step", "_timestamp", "_runtime"
_OWN = frozenset({STEP, TIME, RUNTIME, "_wandb"})
_MOSTLY = 0.9  # share of the rows: a counter that only some rows log is no axis of the others


class History:
    """The rows of one file, kept until all are known: only then is it clear which counter every row has."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """Take one row: its values by key."""
        self._rows.append(row)

    def into(self, columns: Columns, nesting: int) -> None:
        """Add every number to `columns`.

        The step is a counter that the user logs in (nearly) every row, such as global_step; else the client's own,
        which is what the user gave to log(), or the number of the call. Epochs and episodes are coarser than a row.
        """
        named = Counter(key for row in self._rows for key in row if key not in _OWN)
        everywhere = {key for key, rows in named.items() if rows >= _MOSTLY * len(self._rows)}
        for row in self._rows:
            step, update, axis, used = pick({key: row[key] for key in row if key in everywhere})
            if step is None or axis in COARSE:
                step, axis, used = counter(row.get(STEP)), "", frozenset()
            time = row.get(TIME)
            place = columns.row(0, 0, step, update, float(time) if isinstance(time, int | float) else None)
            for tag, value in numbers(_scalars(row), "", used | _OWN, nesting):
                columns.add(place, tag, value, axis)


def _scalars(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without histograms, images and tables, which are objects that name their `_type`."""
    return {
        key: _scalars(value) if isinstance(value, dict) else value
        for key, value in row.items()
        if not (isinstance(value, dict) and "_type" in value)
    }
