"""Renders a diagnosis as one HTML file: no script runs in it, nothing is fetched, all of it can be printed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from forensics.model.diagnosis import Diagnosis, VerdictStatus
from forensics.model.finding import Finding, Status
from forensics.safety.text import clean
from reports import captions, words
from reports.anchors import Anchors
from reports.redact import redact
from reports.selection import Selection
from reports.theme import TEMPLATES, style_source, stylesheet

BUDGET = 300_000  # bytes: what a reviewer opens from an archive without waiting
TEXT = 1200  # characters of one text from the run
CODE = 4000  # characters of one line of code
ROWS = 60  # of a long table; the rest is counted and stands in diagnosis.json


@dataclass(frozen=True)
class DrawnFigure:
    """A figure ready to stand in the page: its finding, its picture (empty where it failed) and its words."""

    finding: Finding
    anchor: str
    picture: Markup
    lines: list[captions.LineCaption]
    marks: str


def render(diagnosis: Diagnosis, *, all_figures: bool = False) -> str:
    """Return the report as one HTML document, with at most twelve figures unless `all_figures`.

    The same diagnosis gives the same document. diagnosis.json is embedded where the document stays within
    BUDGET with it; otherwise the document says that the file stands beside it.
    """
    shown = redact(diagnosis)
    template, context, data = environment().get_template("report.html"), _context(shown, all_figures), _json(shown)
    page = template.render(context, data=None)
    if len(page.encode()) + len(data) > BUDGET:
        return page
    return template.render(context, data=Markup(data))  # noqa: S704  _json() leaves no character that ends the element


@cache
def environment() -> Environment:
    """Return the one environment that templates are rendered in.

    Everything is escaped, an unknown name is an error, and every text is cleaned of control characters and
    cut on its way out.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": words.number,
        "likelihood": words.likelihood,
        "signed": words.signed,
        "size": words.size,
        "spans": words.spans,
        "code": _code,
        "percent": words.percent,
        "place": words.place,
        "cut": clean,
        "lead": lambda text: words.sentences(text)[0],
        "rest": lambda text: words.sentences(text)[1],
        "tag": lambda text: clean(text, 80),
    }
    return made


def _finalize(value: Any) -> Any:
    return clean(value, TEXT) if type(value) is str else value


def _code(text: str) -> Markup:
    """Return a line of code whole: finalizing would cut it."""
    return escape(clean(text, CODE))


def _context(diagnosis: Diagnosis, all_figures: bool) -> dict[str, Any]:
    """Return the names that the templates know."""
    selection, anchors, css = Selection(diagnosis, all_figures), Anchors(diagnosis), stylesheet()
    figures = {finding.code: _figure(finding, anchors) for finding in selection.figures}
    proven = [row for row in diagnosis.signals if row.contested or row.established]
    thresholds = [
        (finding.code, name, threshold)
        for finding in sorted(diagnosis.findings, key=lambda finding: finding.code)
        for name, threshold in finding.threshold.items()
    ]
    return {
        "d": diagnosis,
        "run": diagnosis.run,
        "verdict": diagnosis.verdict,
        "s": selection,
        "a": anchors,
        "decisive": figures.get(selection.decisive.code) if selection.decisive else None,
        "figures": figures,
        "proven": sorted(proven, key=lambda row: (not row.contested, row.tag)),
        "claimed": sorted(
            (row for row in diagnosis.signals if not (row.contested or row.established)), key=lambda row: row.tag
        ),
        "thresholds": thresholds,
        "roles": words.ROLES,
        "code_for": words.CODE_FOR,
        "bands": words.LIKELIHOOD_BANDS,
        "tier": words.TIERS.get(diagnosis.coverage.tier, ""),
        "progress": words.progress(diagnosis.run),
        "ROWS": ROWS,
        "Status": Status,
        "VerdictStatus": VerdictStatus,
        "css": Markup(css),  # noqa: S704  ours alone: no text of the run is in it
        "style_source": Markup(style_source(css)),  # noqa: S704
    }


def _figure(finding: Finding, anchors: Anchors) -> DrawnFigure:
    from reports.figures import svg

    assert finding.figure is not None
    anchor = f"fig-{anchors.finding(finding.code)}"
    try:
        picture = svg(finding.figure, anchor)
    except Exception:  # a figure that cannot be drawn must not cost the report; its numbers stand in the caption
        picture = ""
    return DrawnFigure(
        finding=finding,
        anchor=anchor,
        picture=Markup(picture),  # noqa: S704  svg() escapes every text it writes
        lines=captions.lines(finding.figure),
        marks=captions.marks(finding.figure),
    )


def _json(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as JSON that cannot end the element it stands in."""
    text = json.dumps(diagnosis.to_builtins(), separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
