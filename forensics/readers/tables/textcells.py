"""What columns of text hold: dates, and dictionaries that were printed into a cell."""

from __future__ import annotations

from array import array

import numpy as np

from forensics.model.evidence import ConfigFact
from forensics.readers.config import facts_of, is_config_name
from forensics.readers.stamps import to_unix
from forensics.readers.tables.clocks import is_time, plain
from forensics.readers.tables.nested import document_of, numbers_of
from forensics.readers.tables.table import Column
from forensics.safety.limits import Limits

_MOST = 100_000  # dictionaries read of one file


class TextCells:
    """Takes the cells of columns that hold text, block by block, and makes columns of numbers of some."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.config: list[ConfigFact] = []
        self._file = file
        self._limits = limits
        self._found: dict[str, tuple[array[int], array[float]]] = {}
        self._read = 0
        self._names: set[str] = set()

    def take(self, name: str, cells: list[str], first: int) -> None:
        """Look at the cells of one column; `first` is the row of the first."""
        if is_time(name):
            for row, cell in enumerate(cells, first):
                seconds = to_unix(cell)
                if seconds is not None:
                    self._names.add(name)
                    self._put(name, row, seconds)
            return
        for row, cell in enumerate(cells, first):
            if not cell.startswith("{") or self._read >= _MOST:
                continue
            self._read += 1
            document = document_of(cell)
            if document is None:
                continue
            self._names.add(name)
            if is_config_name(f"{plain(name)}.json"):
                if not self.config:
                    self.config = facts_of(document, self._file, self._limits)[0]
                continue
            for path, value in numbers_of(document, self._limits):
                self._put(f"{name}/{path}", row, value)

    @property
    def read(self) -> frozenset[str]:
        """The names of the columns of which something was read."""
        return frozenset(self._names)

    def columns(self) -> dict[str, Column]:
        """Return the columns that were found, by name."""
        return {
            name: Column(np.array(rows, np.int64), np.array(values, np.float64))
            for name, (rows, values) in self._found.items()
        }

    def _put(self, name: str, row: int, value: float) -> None:
        column = self._found.get(name)
        if column is None:
            if len(self._found) >= self._limits.tags:
                return
            column = self._found[name] = (array("q"), array("d"))
        column[0].append(row)
        column[1].append(value)
