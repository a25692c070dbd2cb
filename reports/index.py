"""Renders the index of several runs as one HTML file: no script runs in it, nothing is fetched."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

from markupsafe import Markup

from reports.html import environment
from reports.index_model import Index, IndexRow
from reports.index_words import STATUSES, found, steps
from reports.redact import text
from reports.theme import TEMPLATES, style_source, stylesheet

LEFT = 40


def render(index: Index) -> str:
    """Return the index as one HTML document; the same index gives the same document."""
    css = stylesheet() + (TEMPLATES / "index.css").read_text(encoding="utf-8")
    counts = Counter(row.status for row in index.runs)
    return (
        environment()
        .get_template("index.html")
        .render(
            index=index,
            counts=[(STATUSES[status], counts[status]) for status in STATUSES if counts[status]],
            failed=[group for group in index.groups if group.failed],
            even=[group for group in index.groups if not group.failed],
            statuses=STATUSES,
            found=found,
            steps=steps,
            link=_link,
            redacted=text,
            LEFT=LEFT,
            css=Markup(css),  # noqa: S704  ours alone: no text of a run is in it
            style_source=Markup(style_source(css)),  # noqa: S704
        )
    )


def _link(row: IndexRow) -> str:
    """Return a link to the report of a run: a path below the index, never a scheme."""
    return f"./{quote(row.report, errors='replace')}"
