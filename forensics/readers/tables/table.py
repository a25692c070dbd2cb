"""A table as it was read: every column's numbers with the rows they stand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Ints
from forensics.readers.tables.cells import numbers
from forensics.readers.tables.rows import Row

_BLOCK = 4096  # rows whose text is held until it becomes numbers ...
_BLOCK_BYTES = 4 << 20  # ... unless they are long: a row of RLlib may hold its configuration
TextCells = Callable[[str, list[str], int], None]
"""Called with a column's name, its cells and the row of the first, where some cells hold text."""


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers of one column and their row numbers; `texts` counts cells that hold neither number nor nothing."""

    rows: Ints
    values: NDArray[np.float64]
    texts: int = 0

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers, text at most here and there."""
        return len(self.values) > 0 and self.texts <= len(self.values)


@dataclass(slots=True)
class Table:
    """Columns by name, the line of each row, and the rows at which another process began to write."""

    columns: dict[str, Column] = field(default_factory=dict)
    lines: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    starts: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)


class TableBuilder:
    """Grows a table row by row. Cells become numbers block by block, so that the text is not kept."""

    def __init__(self, most_columns: int, on_text: TextCells | None = None) -> None:
        self.names: list[str] = []
        self._most = most_columns
        self._on_text = on_text
        self._block: list[list[str]] = []
        self._lines: list[int] = []
        self._held = 0
        self._done = 0
        self._parts: dict[str, list[Column]] = {}
        self._starts: list[int] = []

    def header(self, names: list[str]) -> None:
        """Name the columns of the rows that follow; a header after rows begins a new part of the file."""
        self._flush()
        if self._done:
            self._starts.append(self._done)
        self.names = names[: self._most]

    def add(self, row: Row) -> None:
        """Take a row; cells that it lacks were not logged, cells beyond the names are dropped."""
        cells, width = row.cells, len(self.names)
        if len(cells) != width:
            cells = (cells + [""] * (width - len(cells)))[:width]
        self._block.append(cells)
        self._lines.append(row.line)
        self._held += row.size + width
        if len(self._block) >= _BLOCK or self._held >= _BLOCK_BYTES:
            self._flush()

    def table(self) -> Table:
        """Return what was read."""
        self._flush()
        columns = {
            name: Column(
                np.concatenate([part.rows for part in parts]),
                np.concatenate([part.values for part in parts]),
                sum(part.texts for part in parts),
            )
            for name, parts in self._parts.items()
        }
        return Table(columns, np.array(self._lines, np.int64), tuple(self._starts))

    def _flush(self) -> None:
        if not self._block:
            return
        for name, cells in zip(self.names, zip(*self._block, strict=True), strict=True):
            if not name:
                continue
            places, values, texts = numbers(cells)
            self._parts.setdefault(name, []).append(Column(places + self._done, values, texts))
            if texts and self._on_text is not None:
                self._on_text(name, list(cells), self._done)
        self._done += len(self._block)
        self._block, self._held = [], 0
