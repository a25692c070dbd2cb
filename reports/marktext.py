"""Foreign text that Markdown shows as it was written, on GitHub and elsewhere."""

from __future__ import annotations

import re

from forensics.safety.text import clean

TEXT = 400  # characters of one text

_APART = "&#8203;"  # a space of no width: what follows is no mention, reference, address or emoji any more

# An underscore inside a word (actor_cnn_norm) emphasises nothing in CommonMark and stays readable.
_MARKS = re.compile(r"[\\`*\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_REFERENCES = re.compile(r"@|#(?=[0-9])|:(?=//)|(?<=www)(?=\.)|:(?=[a-z0-9_+-]+:)", re.IGNORECASE)
_BLOCK_START = re.compile(r"^(?:[-+=#]|[0-9]{1,9}(?=[.)]))")


def text(value: str, limit: int = TEXT) -> str:
    """Return one line of Markdown that renders as `value`: no markup, element, link, mention or list comes of it.

    Control characters are shown as escapes, white space is joined, the rest is cut to `limit` characters.
    """
    shown = " ".join(clean(value, limit).split())
    parts = _REFERENCES.split(shown)
    kept = _REFERENCES.findall(shown)
    escaped = _plain(parts[0]) + "".join(
        f"{mark}{_APART}{_plain(part)}" for mark, part in zip(kept, parts[1:], strict=True)
    )
    return _BLOCK_START.sub(_start, escaped)


def code(value: str, limit: int = 80) -> str:
    """Return `value` set as code."""
    return f"<code>{text(value, limit)}</code>"


def _plain(value: str) -> str:
    for sign, entity in _ENTITIES.items():
        value = value.replace(sign, entity)
    return _MARKS.sub(lambda found: "\\" + found.group(), value)


def _start(found: re.Match[str]) -> str:
    """Keep a line from opening a heading, a list or an underline."""
    return f"{found.group()}\\" if found.group().isdigit() else "\\" + found.group()
