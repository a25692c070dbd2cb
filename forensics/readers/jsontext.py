"""JSON as training scripts write it: bare NaN and Infinity, lone surrogates, numbers beyond float64."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_fast = msgspec.json.Decoder().decode


def loads(data: bytes | str) -> Any:
    """Return the value of one JSON text. Raises ValueError with the reason where there is none.

    The fast parser refuses NaN, Infinity, 1e999 and lone surrogates; the standard one reads them. Of duplicate
    keys the last counts, as everywhere. Nesting that would exhaust the stack is a ValueError too.
    """
    try:
        return _fast(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deep") from None


def storable(text: str) -> str:
    """Return `text` with lone surrogates shown as escapes, so that it can be written again."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()
