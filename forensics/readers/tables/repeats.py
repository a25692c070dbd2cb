"""Tables that hold several runs one below the other: a column names the seed, and the steps start over with it."""

from __future__ import annotations

import numpy as np

from forensics.model.evidence import Floats, Ints
from forensics.readers.tables.clocks import plain, steps_of
from forensics.readers.tables.table import Column, Table

_NAMES = frozenset({"seed", "run", "run_id", "trial", "trial_id", "rep", "repeat", "replicate", "repetition"})
_MOST = 100
_BEGINNING = 0.1  # of what a run makes: the first record of one seed may come later than that of another
_LARGEST = 2.0**53


def repeats_of(table: Table) -> list[tuple[str, Table]]:
    """Return (label, rows) for each run of a table; an empty list where it holds one run.

    A column is taken for the name of the runs only where the steps of the table go on in each part and not in the
    whole, and each part begins where the others do.
    """
    if not len(table) or _goes_on(table):
        return []
    for name, column in table.columns.items():
        if plain(name) in _NAMES and len(column.values) == len(table) and _are_labels(column.values):
            labels = column.values.astype(np.int64)
            found = np.unique(labels)
            if not 1 < len(found) <= _MOST:
                continue
            parts = [(f"{name.strip()}{label}", _part(table, name, labels == label)) for label in found.tolist()]
            if all(_goes_on(part) for _, part in parts) and _begin_alike([part for _, part in parts]):
                return parts
    return []


def _goes_on(table: Table) -> bool:
    """Tell whether a counter of the table never goes back."""
    steps = steps_of(table)
    return bool(steps.column) and not (np.diff(steps.values) < 0).any()


def _begin_alike(parts: list[Table]) -> bool:
    """Tell whether all parts begin where the first does: one that was resumed begins where the other came to."""
    steps = [steps_of(part).values for part in parts]
    start = min(int(one[0]) for one in steps)
    return all(int(one[0]) - start <= _BEGINNING * (int(one[-1]) - start) for one in steps)


def _are_labels(values: Floats) -> bool:
    return bool((np.abs(values) < _LARGEST).all()) and not (values % 1).any()


def _part(table: Table, name: str, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Table:
    rows: Ints = np.flatnonzero(chosen)
    columns = {}
    for other, column in table.columns.items():
        kept = chosen[column.rows]
        if other != name and kept.any():
            columns[other] = Column(np.searchsorted(rows, column.rows[kept]), column.values[kept], column.texts)
    return Table(columns, table.lines[rows])
