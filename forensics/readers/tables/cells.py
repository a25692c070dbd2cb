"""One cell of a table to a number."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# What loggers write where nothing was measured; a literal nan is a value that was measured.
_MISSING = frozenset({"", "none", "null", "na", "n/a", "<na>", "-", "--"})
_WORDS = {"true": 1.0, "false": 0.0}
# str(tensor): tensor(0.1234, device='cuda:0', grad_fn=<MeanBackward0>)
_TENSOR = re.compile(r"(?:tensor|array|np\.float\d\d)\(\[?\s{0,4}([-+\w.]{1,40})\s{0,4}\]?[,)].{0,200}", re.DOTALL)
_ONE_ITEM = re.compile(r"\[\s{0,4}([-+\w.]{1,40})\s{0,4}\]")
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,40},\d{1,40}(?:[eE][-+]?\d{1,4})?")


def is_missing(cell: str) -> bool:
    """Tell whether a cell says that nothing was logged, which is not the same as zero or nan."""
    return cell.strip().lower() in _MISSING


def number(cell: str) -> float | None:
    """Return the number that a cell holds, None where it holds none: text, or nothing.

    Truth values are 0 and 1; a printed tensor or list of one number is that number; a comma may mark decimals.
    """
    try:
        return float(cell)
    except ValueError:
        pass
    text = cell.strip()
    found = _TENSOR.fullmatch(text) or _ONE_ITEM.fullmatch(text)
    if found:
        text = found[1]
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return _WORDS.get(text.lower())


def numbers(cells: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """Return (places, values) of the cells that hold numbers, and how many hold text instead."""
    try:
        return np.arange(len(cells), dtype=np.int64), np.array(list(map(float, cells)), np.float64), 0
    except ValueError:
        pass
    filled = [place for place, cell in enumerate(cells) if cell]
    try:
        values = [float(cells[place]) for place in filled]
        return np.array(filled, np.int64), np.array(values, np.float64), 0
    except ValueError:
        pass
    places: list[int] = []
    found: list[float] = []
    texts = 0
    for place in filled:
        value = number(cells[place])
        if value is not None:
            places.append(place)
            found.append(value)
        elif not is_missing(cells[place]):
            texts += 1
    return np.array(places, np.int64), np.array(found, np.float64), texts
