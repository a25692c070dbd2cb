"""Long tables: one column of words says what, or whose, the numbers beside it are."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from forensics.readers.tables.clocks import plain
from forensics.readers.tables.table import Column, Table

_METRICS = frozenset({"tag", "metric", "metric_name", "name", "key", "variable"})
_SIDES = frozenset({"split", "phase", "mode", "stage", "subset", "partition"})
_MOST = 200
_NONE = -1


def is_group(name: str) -> bool:
    """Tell whether a column is named as one that says what the others are."""
    return plain(name) in _METRICS | _SIDES


class Groups:
    """The words of one such column, row by row."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._labels: dict[str, int] = {}
        self._rows, self._codes = array("q"), array("i")

    def take(self, cells: list[str], first: int) -> None:
        """Note the words of the rows from `first` on."""
        for row, cell in enumerate(cells, first):
            if cell and (cell in self._labels or len(self._labels) < _MOST):
                self._rows.append(row)
                self._codes.append(self._labels.setdefault(cell, len(self._labels)))

    def split(self, table: Table) -> Iterator[tuple[str, Table]]:
        """Yield (word, the rows of the table that it stands in), in the order in which the words appeared."""
        codes = np.full(len(table), _NONE, np.int64)
        codes[np.array(self._rows, np.int64)] = np.array(self._codes, np.int64)
        for label, code in self._labels.items():
            rows = np.flatnonzero(codes == code)
            columns = {}
            for name, column in table.columns.items():
                chosen = codes[column.rows] == code
                if name != self.name and chosen.any():
                    columns[name] = Column(np.searchsorted(rows, column.rows[chosen]), column.values[chosen])
            starts = np.unique(np.searchsorted(rows, np.array(table.starts, np.int64)))
            yield label, Table(columns, table.lines[rows], tuple(starts[(starts > 0) & (starts < len(rows))].tolist()))

    def tag(self, label: str, name: str, alone: bool) -> str:
        """Return the tag of column `name` under a word: the word itself where it names the only metric."""
        return label if alone and plain(self.name) in _METRICS else f"{label}/{name}"
