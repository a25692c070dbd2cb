"""What columns of text hold: dates, words that say what a row is, and dictionaries printed into a cell."""

from __future__ import annotations

from array import array

import numpy as np

from forensics.model.evidence import ConfigFact
from forensics.readers.documents.config import facts_of, is_config_name
from forensics.readers.stamps import to_unix
from forensics.readers.tables.clocks import is_time, plain
from forensics.readers.tables.groups import Groups, is_group
from forensics.readers.tables.nested import document_of, numbers_of
from forensics.readers.tables.table import Column
from forensics.safety.limits import Limits

_MOST = 100_000  # dictionaries read of one file


class TextCells:
    """Takes the cells of columns that hold text, block by block, and makes columns of numbers of some.

    `groups` is the first column that says what the numbers beside it are, `read` the columns something was read of.
    """

    def __init__(self, file: str, limits: Limits) -> None:
        self.config: list[ConfigFact] = []
        self.groups: Groups | None = None
        self.read: set[str] = set()
        self._file = file
        self._limits = limits
        self._found: dict[str, tuple[array[int], array[float]]] = {}
        self._documents = 0

    def take(self, name: str, cells: list[str], first: int) -> None:
        """Look at the cells of one column; `first` is the row of the first."""
        if is_group(name) and (self.groups is None or self.groups.name == name):
            self.groups = self.groups or Groups(name)
            self.groups.take(cells, first)
            self.read.add(name)
        elif is_time(name):
            for row, cell in enumerate(cells, first):
                seconds = to_unix(cell)
                if seconds is not None:
                    self._put(name, name, row, seconds)
        else:
            for row, cell in enumerate(cells, first):
                if cell.startswith("{") and self._documents < _MOST:
                    self._documents += 1
                    self._document(name, row, cell)

    def columns(self) -> dict[str, Column]:
        """Return the columns that were found, by name."""
        return {
            name: Column(np.array(rows, np.int64), np.array(values, np.float64))
            for name, (rows, values) in self._found.items()
        }

    def _document(self, name: str, row: int, cell: str) -> None:
        document = document_of(cell)
        if document is None:
            return
        if is_config_name(f"{plain(name)}.json"):
            self.config = self.config or facts_of(document, self._file, self._limits)[0]
            self.read.add(name)
            return
        for path, value in numbers_of(document, self._limits):
            self._put(name, f"{name}/{path}", row, value)

    def _put(self, name: str, path: str, row: int, value: float) -> None:
        self.read.add(name)
        column = self._found.get(path)
        if column is None:
            if len(self._found) >= self._limits.tags:
                return
            column = self._found[path] = (array("q"), array("d"))
        column[0].append(row)
        column[1].append(value)
