"""Cleaning foreign text before a person sees it."""

from __future__ import annotations

import re

# C0 and C1 controls except tab and line feed, bidirectional overrides, and lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str, limit: int = 200) -> str:
    """Return `text` with control characters shown as escapes, cut to `limit` characters."""
    shown = _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode(), text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
