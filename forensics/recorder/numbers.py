"""Any value a training loop hands over, as a number, a short text or nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

Plain = float | str

_TEXT = 500


def plain(value: object) -> Plain | None:
    """Return a value as a float (truth values are 0 and 1) or as text of at most 500 characters; None for None.

    An integer beyond float64 is infinite. An array or tensor of one element is that element.
    """
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str):
        return _storable(value)
    item = getattr(value, "item", None)
    if callable(item):
        try:
            inner = item()
        except Exception:  # a foreign array may refuse in any way: it is text then
            inner = value
        if isinstance(inner, bool | int | float | str):
            return plain(inner)
    try:
        return _storable(repr(value))
    except Exception:  # a foreign __repr__ may fail in any way
        return f"<{type(value).__name__}>"


def shown(value: object) -> object:
    """Return a value as JSON may hold it: numbers that are not finite become strings, inside of others too."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: shown(item) for key, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, list) else value


def _storable(text: str) -> str:
    """Return text that UTF-8 can hold: lone surrogates become escapes."""
    return text[:_TEXT].encode("utf-8", "backslashreplace").decode()
