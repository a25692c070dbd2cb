"""Times of day as logs write them, to Unix seconds. A time without a zone is taken as UTC."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

_DAY_FIRST = re.compile(r"(\d\d)/(\d\d)/(\d{4})[ T](.+)")
_HUGE = 1e300  # an int beyond it may be none of float64
_RANGE = 4e9  # the year 2096; beyond it a number is milliseconds or finer


def to_unix(value: object) -> float | None:
    """Return Unix seconds of a number or of a text such as 2025-11-27 18:34:30,123; None where it is no time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(float(value)) if abs(value) < _HUGE else None
    if not isinstance(value, str) or not 8 <= len(value) <= 40:
        return None
    text = value.strip().replace(",", ".")
    try:
        when = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        found = _DAY_FIRST.match(text)
        try:
            if found is None:
                return _from_number(float(text))
            when = datetime.fromisoformat(f"{found[3]}-{found[2]}-{found[1]} {found[4]}")
        except ValueError:
            return None
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return None


def _from_number(value: float) -> float | None:
    if not math.isfinite(value) or value < 0:
        return None
    while value > _RANGE:
        value /= 1000.0
    return value
