"""The history of a run: one row a call of log(), made into series."""

from __future__ import annotations

from collections import Counter
from typing import Any

from forensics.readers.columns import RECORDS, Columns
from forensics.readers.stamps import to_unix
from forensics.readers.steps import COARSE, axis_of, counter, is_update, rank_of
from forensics.readers.text.jsonrecord import numbers

STEP, TIME = "_step", "_timestamp"
_OWN = frozenset({STEP, TIME, "_runtime", "_wandb"})
_LAST = 1000  # updates count where nothing else does
_OFTEN = 0.1  # share of the rows that log a counter; the others stand at its last value, as lines of a log do


class History:
    """The rows of one file, kept until all are known: only then is it clear what counts their steps."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """Take one row: its values by key."""
        self._rows.append(row)

    def into(self, columns: Columns, nesting: int) -> None:
        """Add every number to `columns`.

        The step is the one that the user gave to log(). Where none was given the client numbers the calls; then it is
        the finest counter that the user logs, such as global_step, and without one the step counts nothing but records.
        """
        numbered = self._calls_are_numbered()
        name = self._counter() if numbered else ""
        counts = name.rpartition("/")[2]
        axis = axis_of(counts) if name else (RECORDS if numbered else "")
        last: int | None = None
        for row in self._rows:
            step = counter(row.get(STEP))
            if name:
                last = step = counter(row[name]) if name in row else last
            update = step if is_update(counts) else None
            place = columns.row(0, 0, step, update, to_unix(row.get(TIME)))
            for tag, value in numbers(_scalars(row, nesting), "", _OWN | {name}, nesting):
                columns.add(place, tag, value, axis)

    def _calls_are_numbered(self) -> bool:
        """Whether the client's step is but the number of the row: then nobody gave one."""
        steps = [counter(row.get(STEP)) for row in self._rows]
        return all(step == place for place, step in enumerate(steps, steps[0] or 0)) if steps else False

    def _counter(self) -> str:
        """Return the finest counter that rises with the rows, "" where there is none. Epochs and episodes are none."""
        named = Counter(key for row in self._rows for key in row if key not in _OWN)
        often = [key for key, rows in named.items() if rows >= _OFTEN * len(self._rows) and _fineness(key) is not None]
        for key in sorted(often, key=lambda key: (_fineness(key), key)):
            values = [counter(row[key]) for row in self._rows if key in row]
            known = [value for value in values if value is not None]
            if len(known) == len(values) and known == sorted(known) and known[0] < known[-1]:
                return key
        return ""


def _fineness(key: str) -> int | None:
    """Return how good a counter a key is, 0 the best; None for what counts nothing, or epochs or episodes."""
    name = key.rpartition("/")[2]
    if is_update(name):
        return _LAST
    return None if axis_of(name) in COARSE else rank_of(name)


def _scalars(row: dict[str, Any], nesting: int) -> dict[str, Any]:
    """Return a row without histograms, images and tables, which are objects that name their `_type`."""
    return {
        key: _scalars(value, nesting - 1) if isinstance(value, dict) else value
        for key, value in row.items()
        if not (isinstance(value, dict) and (nesting <= 0 or "_type" in value))
    }
