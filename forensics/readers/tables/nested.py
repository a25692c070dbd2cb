"""Dictionaries printed into a cell: RLlib before 2019 wrote `info` and `config` so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from forensics.readers.flatten import TooMuchError, flatten
from forensics.readers.jsontext import loads
from forensics.safety.limits import Limits

_MOST = 64 * 1024
_MOST_OPEN = 2_000
_OPENING = re.compile(r"[\[({]")
_NOT_FINITE = re.compile(r"(?<![\w'\".])(-?(?:nan|inf))(?![\w'\".])")
_NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf"), "-nan": float("nan")}


def document_of(cell: str) -> dict[Any, Any] | None:
    """Return the dictionary that a cell prints, as JSON or as Python does; None where it prints none.

    Only literals are read: nothing is evaluated.
    """
    text = cell.strip()
    if not (text.startswith("{") and text.endswith("}")) or len(text) > _MOST:
        return None
    if len(_OPENING.findall(text)) > _MOST_OPEN:
        return None
    try:
        found = loads(text)
    except ValueError:
        try:
            found = ast.literal_eval(_NOT_FINITE.sub(r"'\1'", text))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
    return found if isinstance(found, dict) else None


def numbers_of(document: dict[Any, Any], limits: Limits) -> Iterator[tuple[str, float]]:
    """Yield (path, number) for every number of a dictionary, paths joined by slashes."""
    try:
        for path, value in flatten(document, limits, "/"):
            if isinstance(value, int | float):
                try:
                    yield path, float(value)
                except OverflowError:
                    yield path, float("inf") if value > 0 else float("-inf")
            elif isinstance(value, str) and value in _NUMBERS:
                yield path, _NUMBERS[value]
    except TooMuchError:
        return
