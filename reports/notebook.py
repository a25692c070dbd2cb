"""Shows a diagnosis in a notebook: IPython is told how, so that the model needs no renderer.

Only a session that runs IPython already is told anything; nothing is imported for it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from typing import Any

from forensics.model.diagnosis import Diagnosis
from forensics.model.finding import Figure


def register() -> None:
    """Tell the running IPython shell, if there is one, to show a diagnosis as HTML, or as Markdown where it has none.

    The formatters are named by module and type: neither the model nor a renderer is imported before a diagnosis is
    shown.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    formatters: Mapping[str, Any] = getattr(getattr(shell, "display_formatter", None), "formatters", {})
    for kind, show in (("text/html", html), ("text/markdown", markdown)):
        if kind in formatters:
            formatters[kind].for_type_by_name(Diagnosis.__module__, Diagnosis.__name__, show)


def markdown(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as Markdown."""
    from reports.markdown import render

    return render(diagnosis)


def html(diagnosis: Diagnosis) -> str:
    """Return the verdict, what to do first, the decisive figure and the ranked causes as a piece of a page.

    Its style reaches nothing outside of it; without its style it still reads in order.
    """
    from markupsafe import Markup

    from reports import captions, words
    from reports.html import environment
    from reports.markdown import HEADINGS
    from reports.redact import redact
    from reports.selection import Selection

    shown = redact(diagnosis)
    selection = Selection(shown)
    figure = selection.figures[0].figure if selection.figures else None
    anchor = _anchor(shown)
    context = {
        "run": shown.run,
        "verdict": shown.verdict,
        "heading": HEADINGS[shown.verdict.status],
        "s": selection,
        "first": shown.recommendations[0] if shown.recommendations else None,
        "roles": words.ROLES,
        "progress": words.progress(shown.run),
        "anchor": anchor,
        "figure": figure,
        "picture": _picture(figure, anchor) if figure else "",
        "lines": captions.lines(figure) if figure else [],
        "marks": captions.marks(figure) if figure else "",
        "css": Markup(_css()),  # noqa: S704  ours alone: no text of the run is in it
    }
    return environment().get_template("notebook.html").render(context)


def _picture(figure: Figure, anchor: str) -> str:
    from markupsafe import Markup

    from reports.figures import svg

    try:
        return Markup(svg(figure, anchor))  # noqa: S704  svg() escapes every text it writes
    except Exception:  # a figure that cannot be drawn must not cost the verdict; its numbers stand in the caption
        return ""


def _anchor(diagnosis: Diagnosis) -> str:
    """Return an id that two diagnoses on one page do not share."""
    told = f"{diagnosis.run.path}\0{diagnosis.verdict.statement}"
    return "forensics-" + hashlib.sha256(told.encode(errors="replace")).hexdigest()[:12]


def _css() -> str:
    """Return the palettes, the classes of the figure and notebook.css, all of it below the class `forensics`."""
    from reports.palette import DARK, LIGHT
    from reports.theme import TEMPLATES

    light, dark = ("".join(f"--{name}:{colour};" for name, colour in each.items()) for each in (LIGHT, DARK))
    return (
        f".forensics{{{light}}}\n@media (prefers-color-scheme:dark){{.forensics{{{dark}}}}}\n"
        + "".join(f".forensics .s-{n}{{stroke:var(--{n})}}.forensics .f-{n}{{fill:var(--{n})}}\n" for n in LIGHT)
        + (TEMPLATES / "notebook.css").read_text(encoding="utf-8")
    )
