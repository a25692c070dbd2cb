"""Takes the markup out of a line of Markdown and evens out the characters that people type for one thing."""

from __future__ import annotations

import re
import unicodedata

_COMMENT = re.compile(r"<!--.{0,5000}?-->")
_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_STRUCK = re.compile(r"~~[^~]{1,500}~~")
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,1000}\)")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()]{0,1000}\)")
_ACCESS = re.compile(r"\b\w{1,40}\[[\"']([\w/.-]{1,200})[\"']\]")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|`{1,3}")
_SAME = str.maketrans({
    "−": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "\t": " ", "⁄": "/",
    "≪": "<<", "≫": ">>", "⩽": "≤", "⩾": "≥", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
})  # fmt: skip
_GROUPED = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_KEPT = frozenset("~<>=+|±×·≈≤≥∼≃→⇒^$")


def plain(text: str) -> str:
    """Return the words of a line: no emphasis, links, images, HTML, struck text, emoji or control characters."""
    text = _GROUPED.sub(",", text).translate(_SAME)
    for pattern, instead in (
        (_ANSI, ""),
        (_COMMENT, " "),
        (_STRUCK, " "),
        (_IMAGE, " "),
        (_LINK, r"\1"),
        (_ACCESS, r"\1"),
        (_TAG, " "),
    ):
        text = pattern.sub(instead, text)
    text = _EMPHASIS.sub("", _ESCAPE.sub(r"\1", text))
    return " ".join("".join(_shown(character) for character in text).split())


def _shown(character: str) -> str:
    if character < "\x7f" and character >= " ":
        return character
    kind = unicodedata.category(character)
    return " " if kind[0] == "C" or (kind in ("So", "Sk", "Mn") and character not in _KEPT) else character
