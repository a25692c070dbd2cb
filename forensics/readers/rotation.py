"""Puts the parts of a rotated log in the order in which they were written, whatever their times say."""

from __future__ import annotations

import re

_EXTENSIONS = r"log|txt|out|err|jsonl|ndjson|stdout|stderr"
# debug.log.2 (logging), debug.log.2025-11-27 (daily), debug.2025-11-27_18-34-30_123456.log (loguru)
_NUMBERED = re.compile(rf"(.{{1,4000}}\.(?:{_EXTENSIONS}))\.(\d{{1,6}})", re.IGNORECASE)
_DATED = re.compile(rf"(.{{1,4000}}\.(?:{_EXTENSIONS}))\.(\d{{4}}-\d\d-\d\d[\w.\-]{{0,40}})", re.IGNORECASE)
_DATED_INSIDE = re.compile(rf"(.{{1,4000}})\.(\d{{4}}-\d\d-\d\d_[\d_\-]{{1,30}})(\.(?:{_EXTENSIONS}))", re.IGNORECASE)


def family(name: str) -> str:
    """Return the name of the log that `name` is a part of: itself, where it is not rotated."""
    plain = name.removesuffix(".gz").removesuffix(".zst")
    inside = _DATED_INSIDE.fullmatch(plain)
    if inside:
        return inside[1] + inside[3]
    found = _NUMBERED.fullmatch(plain) or _DATED.fullmatch(plain)
    return found[1] if found else plain


def age(name: str) -> tuple[int | str, ...]:
    """Return a key that sorts the parts of one log from the oldest to the one being written.

    Dates rise, numbers fall (`.3` is older than `.1`), and the part without either is the newest.
    """
    plain = name.removesuffix(".gz").removesuffix(".zst")
    dated = _DATED.fullmatch(plain) or _DATED_INSIDE.fullmatch(plain)
    if dated:
        return (0, 0, dated[2])
    numbered = _NUMBERED.fullmatch(plain)
    return (1, -int(numbered[2]), "") if numbered else (2, 0, "")
