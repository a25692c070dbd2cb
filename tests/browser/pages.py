"""The pages that the browser opens: a report, an index and a comparison; full, empty and written by an enemy."""

from __future__ import annotations

from dataclasses import dataclass

from reports import compare_html, html, index
from tests.conftest import REPOSITORY
from tests.reports import comparisons, diagnoses
from tests.reports.diagnoses import PAYLOADS
from tests.reports.test_index import index as runs

# What has to be seen without scrolling, in both widths.
FIRST_SCREEN = (
    ".run h1",
    ".run dl",
    "#verdict .statement",
    "#verdict .measure",
    ".todo strong",
    "#ranked",
    ".look",
    ".look svg.plot",
)
LONG = "W" * 200  # a word that no line can hold
GALLERY = sorted((REPOSITORY / "reports" / "gallery").glob("*/report.html"))

REPORTS = ("report", "report without evidence", *(path.parent.name for path in GALLERY))
BENIGN = (*REPORTS, "index", "comparison")
HOSTILE = ("hostile report", "hostile index", "hostile comparison")


@dataclass(frozen=True)
class Page:
    """One page: what it is called, its document, and whether every text in it is an attack."""

    name: str
    document: str
    hostile: bool = False
    first: tuple[str, ...] = ()


def pages() -> list[Page]:
    """Return the pages, rendered."""
    attack = " ".join([*PAYLOADS, LONG])
    return [
        Page("report", html.render(diagnoses.full()), first=FIRST_SCREEN),
        Page("report without evidence", html.render(diagnoses.empty()), first=FIRST_SCREEN),
        *(Page(path.parent.name, path.read_text(encoding="utf-8"), first=FIRST_SCREEN) for path in GALLERY),
        Page("index", index.render(runs())),
        Page("comparison", compare_html.render(comparisons.comparison())),
        Page("hostile report", html.render(diagnoses.hostile(attack)), hostile=True),
        Page("hostile index", index.render(runs(attack)), hostile=True),
        Page("hostile comparison", compare_html.render(comparisons.hostile(attack)), hostile=True),
    ]
