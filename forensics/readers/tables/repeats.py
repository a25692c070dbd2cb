"""Tables that hold several runs one below the other: a column names the seed, and the steps start over with it."""

from __future__ import annotations

import numpy as np

from forensics.model.evidence import Ints
from forensics.readers.tables.clocks import plain, steps_of
from forensics.readers.tables.table import Column, Table

_NAMES = frozenset({"seed", "run", "run_id", "trial", "trial_id", "rep", "repeat", "replicate", "repetition"})
_MOST = 100


def repeats_of(table: Table) -> list[tuple[str, Table]]:
    """Return (label, rows) for each run of a table; an empty list where it holds one run.

    A column is taken for the name of the runs only where the steps of the table go on in each part and not in the
    whole.
    """
    if not len(table) or steps_of(table).column:
        return []
    for name, column in table.columns.items():
        if plain(name) in _NAMES and len(column.values) == len(table) and not (column.values % 1).any():
            labels = column.values.astype(np.int64)
            found = np.unique(labels)
            if not 1 < len(found) <= _MOST:
                continue
            parts = [(f"{name.strip()}{label}", _part(table, name, labels == label)) for label in found.tolist()]
            if all(steps_of(part).column for _, part in parts):
                return parts
    return []


def _part(table: Table, name: str, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Table:
    rows: Ints = np.flatnonzero(chosen)
    columns = {}
    for other, column in table.columns.items():
        kept = chosen[column.rows]
        if other != name and kept.any():
            columns[other] = Column(np.searchsorted(rows, column.rows[kept]), column.values[kept], column.texts)
    return Table(columns, table.lines[rows])
