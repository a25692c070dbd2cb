"""What the beginning of a delimited file shows: its delimiter, and whether a row names columns."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import pairwise

from forensics.readers.tables.cells import is_missing, number

_DELIMITERS = (",", "\t", ";", "|")
BLANKS = " "  # cells are parted by blanks, however many
_QUOTED = re.compile(r'"[^"]{0,4000}"')
_NAME = 300
_FEW = 20


def first_lines(head: bytes, most: int = _FEW) -> list[str]:
    """Return the first lines that are not blank, the last one left out where the head ends inside it."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    lines = text.split("\n")
    lines = lines[:-1] if len(lines) > 1 else lines
    return [line.removesuffix("\r") for line in lines if line.strip()][:most]


def cells_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line without quotes."""
    return line.split() if delimiter == BLANKS else line.split(delimiter)


def delimiter_of(lines: Sequence[str]) -> str:
    """Return the delimiter that is in every one of the first lines, the most frequent one.

    Where none is: blanks, if they part the lines into equally many numbers below a header at most; else a comma.
    """
    sample = [_QUOTED.sub("", line) for line in lines if not line.startswith("#")][:_FEW]
    if not sample:
        return ","
    shared = {mark: min(line.count(mark) for line in sample) for mark in _DELIMITERS}
    if not any(shared.values()) and _parted_by_blanks(sample):
        return BLANKS
    # decimal commas stand in rows of numbers, not in the header, whose count decides between two candidates
    return max(_DELIMITERS, key=lambda mark: (shared[mark] > 0, sample[0].count(mark)))


def is_header(cells: Sequence[str], strict: bool = True) -> bool:
    """Tell whether a row names columns: it holds a word, and no number (at most a third, where not `strict`)."""
    words = [cell for cell in cells if not is_missing(cell)]
    numeric = sum(_is_number(cell) for cell in words)
    return bool(words) and (numeric == 0 or (not strict and 3 * numeric <= len(words)))


def width_of(lines: Sequence[str], delimiter: str) -> int:
    """Return the number of cells of the first line that is no comment, 0 where there is none."""
    return next((len(cells_of(line, delimiter)) for line in lines if not line.startswith("#")), 0)


def counts(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether the first cells of rows without a header are whole numbers that rise: they count steps."""
    first = [number(cells_of(line, delimiter)[0]) for line in lines if not line.startswith("#")]
    whole = [value for value in first if value is not None and value % 1 == 0]
    return 2 < len(whole) == len(first) and all(a < b for a, b in pairwise(whole))


def repeats_header(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether a row inside a table names its columns again: another process appended to the file."""
    return is_header(cells) and 2 * len(set(cells) & set(names)) > len(set(names) - {""})


def column_names(cells: Sequence[str]) -> list[str]:
    """Return one name a column: blanks at the ends dropped, repeats numbered (x, x.1), nameless ones "" ."""
    names: list[str] = []
    seen: dict[str, int] = {}
    for cell in cells:
        name = cell.strip()[:_NAME]
        again = seen.get(name, 0)
        seen[name] = again + 1
        names.append(f"{name}.{again}" if again and name else name)
    return names


def is_plain(lines: Sequence[str]) -> bool:
    """Tell whether lines of text are a table of numbers alone, with a header or a comment before them at most."""
    delimiter = delimiter_of(lines)
    rows = [cells_of(line, delimiter) for line in lines if not line.startswith("#")]
    body = rows[1:] if rows and is_header(rows[0]) else rows
    return len(body) > 2 and all(
        len(row) == len(rows[0]) and all(_is_number(cell) or is_missing(cell) for cell in row) for row in body
    )


def _parted_by_blanks(sample: Sequence[str]) -> bool:
    width = len(sample[0].split())
    return (
        width > 1
        and len(sample) > 1
        and all(
            len(line.split()) == width and all(number(cell) is not None for cell in line.split()) for line in sample[1:]
        )
    )


def _is_number(cell: str) -> bool:
    value = number(cell)
    return value is not None and cell.strip().lower() not in ("true", "false", "nan", "inf")
