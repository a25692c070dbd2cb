"""Renders a comparison of runs as one HTML file: no script, nothing fetched, all of it can be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forensics.model.comparison import Change, Comparison, Overlay
from forensics.model.diagnosis import VerdictStatus
from reports import captions, compare_words, words
from reports.html import environment
from reports.theme import TEMPLATES, style_source, stylesheet

ROWS = 60  # of a long table; the rest is counted and stands in compare.json


@dataclass(frozen=True)
class DrawnOverlay:
    """One tag in all runs, ready to stand in the page; `picture` is empty where nothing was drawn."""

    overlay: Overlay
    anchor: str
    picture: Markup
    lines: list[captions.LineCaption]
    marks: str


def render(comparison: Comparison) -> str:
    """Return the comparison as one HTML document. The same comparison gives the same document."""
    shown = compare_words.redacted(comparison)
    return environment().get_template("compare.html").render(_context(shown))


def _context(comparison: Comparison) -> dict[str, Any]:
    """Return the names that the template knows."""
    css = stylesheet() + (TEMPLATES / "compare.css").read_text(encoding="utf-8")
    return {
        "c": comparison,
        "w": compare_words,
        "words": words,
        "overlays": [_overlay(overlay, f"fig-{number}") for number, overlay in enumerate(comparison.overlays, start=1)],
        "Change": Change,
        "VerdictStatus": VerdictStatus,
        "ROWS": ROWS,
        "css": Markup(css),  # noqa: S704  ours alone: no text of a run is in it
        "style_source": Markup(style_source(css)),  # noqa: S704
    }


def _overlay(overlay: Overlay, anchor: str) -> DrawnOverlay:
    if overlay.figure is None:
        return DrawnOverlay(overlay, anchor, Markup(""), [], "")
    from reports.figures import svg

    try:
        picture = svg(overlay.figure, anchor)
    except Exception:  # a figure that cannot be drawn must not cost the page; its numbers stand in the caption
        picture = ""
    return DrawnOverlay(
        overlay=overlay,
        anchor=anchor,
        picture=Markup(picture),  # noqa: S704  svg() escapes every text it writes
        lines=captions.lines(overlay.figure),
        marks=captions.marks(overlay.figure),
    )
