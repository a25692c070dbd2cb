"""Tables that training programs print row by row below one line of names: fastai, skorch, ultralytics, ElegantRL.

Names and numbers are parted by blanks, by bars, or by both:

    epoch     train_loss  valid_loss  time        | Episode | Reward | Length |
    0         0.693       0.612       00:12       |       1 |   12.5 |    200 |
"""

from __future__ import annotations

import re

from forensics.readers.steps import is_counter
from forensics.readers.text.fields import number_of

_NAME = re.compile(r"[A-Za-z][\w/.()%\- ]{0,60}")
_ALIGNED = re.compile(r"\S(?: {2,}|\t)\S|\|")
_BAR = re.compile(r":?\s+\d{1,3}%\|.{0,4096}")  # what tqdm appends to a row while it runs
_FRACTION = re.compile(r"(\d{1,18})/\d{1,18}")
_TIME = re.compile(r"[\d:]{3,12}(?:\.\d{1,9})?")
_LEAST = 3
_MOST = 60
_LONGEST = 2000
_OPEN = "etc."  # ElegantRL names its last columns so


class PrintedColumns:
    """Reads the lines of a log one after the other: a line of names counts for the rows of numbers below it."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._bars = False

    def fields(self, text: str) -> dict[str, float] | None:
        """Return the numbers of a row by their names; None for every other line, a line of names among them."""
        if len(text) > _LONGEST or not text:
            return None
        if text[0] == "|" or text[0].isalpha():
            names = _names(text)
            if names:
                self._names, self._bars = names, text[0] == "|"
        if not self._names or not (text[0].isdigit() or text[0] in "|+-."):
            return None
        cells = _cells(_BAR.sub("", text), self._bars)
        wanted = len(self._names)
        if self._names[-1] == _OPEN:
            cells = cells[:wanted]
            wanted = min(wanted, max(len(cells), wanted - 1))
        if len(cells) != wanted:
            return None
        found: dict[str, float] = {}
        for name, cell in zip(self._names, cells, strict=False):
            number = _number(name, cell)
            if number is None and not _TIME.fullmatch(cell) and cell not in ("", "-", "+"):
                return None
            if number is not None:
                found[name] = number
        return found if len(found) >= _LEAST - 1 else None


def begins_columns(text: str) -> bool:
    """Tell whether a line names columns, or begins as a row of their numbers does."""
    if _names(text.strip()):
        return True
    cells = text[:200].replace("|", " ").split(None, 2)[:2]
    return len(cells) > 1 and all(number_of(_whole(cell)) is not None for cell in cells)


def _names(text: str) -> list[str]:
    """Return the names of columns that a line consists of, one of them a counter; an empty list for other lines."""
    if len(text) > _LONGEST or not _ALIGNED.search(text):
        return []
    names = _cells(text, text[0] == "|")
    known = _LEAST <= len(names) <= _MOST and all(_NAME.fullmatch(name) for name in names)
    return names if known and any(is_counter(name) for name in names) else []


def _cells(text: str, bars: bool) -> list[str]:
    return [cell.strip() for cell in text.strip().strip("|").split("|")] if bars else text.replace("|", " ").split()


def _number(name: str, cell: str) -> float | None:
    return number_of(_whole(cell) if is_counter(name) else cell)


def _whole(cell: str) -> str:
    """Return the first number of a fraction such as 3/100."""
    found = _FRACTION.fullmatch(cell)
    return found[1] if found else cell
