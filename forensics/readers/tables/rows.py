"""Lines of a delimited file to rows of cells."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from forensics.readers.tables.layout import cells_of

_MOST_LINES = 1_000  # of one quoted cell; a stray quote must not swallow the rest of the file


@dataclass(slots=True)  # not frozen: a million are made
class Row:
    """One row: its cells, the number of its first line, and the place and size of its bytes."""

    cells: list[str]
    line: int
    offset: int
    size: int
    open_quote: bool = False


def rows(
    lines: Iterable[tuple[int, int, bytes]], delimiter: str, decode: Callable[[bytes], str], most: int
) -> Iterator[Row]:
    """Yield the rows that are not blank. A quoted cell may hold line ends; rows longer than `most` bytes may not.

    A quote that is never closed belongs to its own line alone (`open_quote`); the lines after it are rows again.
    """
    source = iter(lines)
    waiting: list[tuple[int, int, bytes]] = []
    while True:
        item = waiting.pop(0) if waiting else next(source, None)
        if item is None:
            return
        line, offset, raw = item
        raw = raw.removesuffix(b"\r")
        if not raw or raw.isspace():
            continue
        if b'"' not in raw:
            yield Row(cells_of(decode(raw), delimiter), line, offset, len(raw))
            continue
        held = [raw]
        taken: list[tuple[int, int, bytes]] = []
        quotes, size = raw.count(b'"'), len(raw)
        following = chain(waiting, source)
        while quotes % 2 and len(taken) < _MOST_LINES and size <= most:
            more = next(following, None)
            if more is None:
                break
            taken.append(more)
            held.append(more[2])
            quotes += more[2].count(b'"')
            size += len(more[2]) + 1
        if quotes % 2:
            waiting = taken + waiting[len(taken) :]
            yield Row(_split(decode(raw), delimiter), line, offset, len(raw), open_quote=True)
        else:
            waiting = waiting[len(taken) :]
            yield Row(_split(decode(b"\n".join(held)), delimiter), line, offset, size)


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [""])
    except csv.Error:  # a cell longer than the csv module takes
        return text.split(delimiter)
