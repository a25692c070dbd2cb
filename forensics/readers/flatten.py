"""Turns a nested document into rows of dotted keys, bounded in count and depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forensics.readers.jsontext import storable
from forensics.safety.limits import Limits

_KEY = 300
_TEXT = 4000
_LIST = 256


class TooMuchError(ValueError):
    """The document holds more values, or deeper ones, than the limits allow."""


def flatten(document: Any, limits: Limits, separator: str = ".") -> Iterator[tuple[str, Any]]:
    """Yield (path, value) for every leaf of `document`, in its order.

    A leaf is a plain value, or a list of plain values. Aliases are followed, so the count is of what they expand
    to. Raises TooMuchError at the limit, after what came before it has been yielded.
    """
    count = 0

    def walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        nonlocal count
        count += 1 + (len(value) if isinstance(value, list) else 0)
        if count > limits.nodes:
            raise TooMuchError(f"more than {limits.nodes:,} values")
        if depth > limits.nesting:
            raise TooMuchError(f"nested more than {limits.nesting} deep")
        if isinstance(value, dict) and value:
            for key, item in value.items():
                name = storable(str(key))
                yield from walk(item, f"{path}{separator}{name}"[-_KEY:] if path else name[:_KEY], depth + 1)
        elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
            for place, item in enumerate(value):
                yield from walk(item, f"{path}{separator}{place}"[-_KEY:] if path else str(place), depth + 1)
        else:
            yield path, _leaf(value)

    yield from walk(document, "", 0)


def _leaf(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value[:_TEXT])
    if isinstance(value, list):
        return [_leaf(item) for item in value[:_LIST]]
    if isinstance(value, dict | bool | int | float) or value is None:
        return value
    return str(value)
