"""Reads one delimited file into a table, and accounts for the rows that are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from forensics.model.evidence import IssueKind
from forensics.readers.bytestream import ByteStream
from forensics.readers.reader import RunFile
from forensics.readers.tables.layout import (
    BLANKS,
    column_names,
    counts,
    delimiter_of,
    first_lines,
    is_header,
    repeats_header,
    width_of,
)
from forensics.readers.tables.rows import Row, rows
from forensics.readers.tables.source import TableLines
from forensics.readers.tables.table import Table, TableBuilder
from forensics.readers.tables.tags import subject_of
from forensics.readers.tables.textcells import TextCells
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits


def read_table(
    file: RunFile,
    stream: ByteStream,
    account: TextAccount,
    limits: Limits,
    *,
    texts: TextCells | None = None,
    names: Sequence[str] = (),
) -> Table:
    """Return every row of a table; `names` are those of its columns where it has no header.

    Rows of more cells than columns are malformed, as is a last row that ends early. `texts` is given the columns
    that hold text.
    """
    lines = TableLines(stream, account, limits)
    reader = _TableReader(file, account, TableBuilder(limits.tags, texts.take if texts else None))
    if names:
        reader.builder.header(list(names))
    last: Row | None = None
    for row in rows(lines, reader.delimiter, lines.decode, limits.json_line_bytes):
        if last is not None:
            reader.add(last)
        last = row
    if last is not None:
        reader.add_last(last, lines.is_cut)
    if lines.latin1:
        account.note(f"{lines.latin1:,} lines are not UTF-8: read as Latin-1")
    table = reader.builder.table()
    if texts is not None:
        table.columns |= texts.columns()
    return table


_SHORT = 100  # cells that a row may lack; a longer gap would cost more than the bytes of the row
_DIGITS = frozenset("0123456789.-")  # how most rows begin


class _TableReader:
    """Tells headers, comments and rows apart."""

    def __init__(self, file: RunFile, account: TextAccount, builder: TableBuilder) -> None:
        self.builder = builder
        self._file = file
        self._account = account
        self._head = first_lines(file.head)
        self.delimiter = delimiter_of(self._head)

    def add(self, row: Row) -> None:
        """Take one row of the file."""
        cells, names = row.cells, self.builder.names
        if len(cells) == len(names) and cells[0][:1] in _DIGITS and not row.open_quote:
            self.builder.add(row)
            return
        if cells[0].startswith("#"):
            self._comment(cells)
            return
        if not names:
            if is_header(cells, strict=False):
                self.builder.header(column_names(cells))
                return
            self.builder.header(self._names(len(cells)))
        elif (cells[0][:1].isalpha() or cells[0].strip() == names[0]) and repeats_header(cells, names):
            self.builder.header(column_names(cells))
            return
        if row.open_quote:
            self._malformed(row, "a quote is not closed")
        elif any(cells[len(self.builder.names) :]) or len(self.builder.names) - len(cells) > max(len(cells), _SHORT):
            self._malformed(row, f"{len(cells):,} cells under {len(self.builder.names):,} names")
        else:
            self.builder.add(row)

    def add_last(self, row: Row, is_cut: bool) -> None:
        """Take the last row, unless it has no line end and lacks cells: it was being written."""
        if is_cut and (row.open_quote or len(row.cells) < len(self.builder.names)):
            message = f"the last line ends inside a row at byte {row.offset:,} (crash, or still being written)"
            self._account.problem(IssueKind.TRUNCATED, message, row.offset, row.line, row.size, 1)
        else:
            self.add(row)

    def _comment(self, cells: list[str]) -> None:
        """Pass over a comment; one before the first row that has as many cells as the rows names them (savetxt)."""
        words = [cells[0].lstrip("# "), *cells[1:]]
        words = words if words[0] or self.delimiter != BLANKS else words[1:]
        if not self.builder.names and len(words) == width_of(self._head, self.delimiter) and is_header(words):
            self.builder.header(column_names(words))

    def _names(self, count: int) -> list[str]:
        """Name the columns of a table without a header after its file; a first of several may count the steps."""
        stem = subject_of(PurePosixPath(self._file.logical).name)
        names = [stem] if count == 1 else [f"{stem}/{place}" for place in range(count)]
        if count > 1 and counts(self._head, self.delimiter):
            names = ["step", *([stem] if count == 2 else names[1:])]
        return names

    def _malformed(self, row: Row, reason: str) -> None:
        message = f"line {row.line:,} is no row of the table: {reason}"
        self._account.problem(IssueKind.MALFORMED, message, row.offset, row.line, row.size, 1)
