"""Stable addresses inside the report: #GRD104 for a finding, #cause-<id>, #outcome-<id>, #fig-<code>."""

from __future__ import annotations

import re

from forensics.model.diagnosis import Diagnosis
from forensics.safety.text import clean

_UNFIT = re.compile("[^A-Za-z0-9_-]+")


class Anchors:
    """Ids for everything the report can link to. Two things never share one; nothing else ever gets a link.

    An id is made of letters, digits, hyphens and underscores, whatever the name it stands for holds: no
    address is built from foreign text.
    """

    def __init__(self, diagnosis: Diagnosis) -> None:
        taken: set[str] = set()
        self._findings: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        for finding in diagnosis.findings:
            anchor = _fit(finding.code, taken)
            for name in (finding.code, finding.name):
                self._findings.setdefault(name, anchor)
                self._labels.setdefault(name, finding.code)
        self._causes = {cause.id: _fit(f"cause-{cause.id}", taken) for cause in diagnosis.causes}
        self._outcomes = {outcome.id: _fit(f"outcome-{outcome.id}", taken) for outcome in diagnosis.outcomes}
        self._titles = {cause.id: cause.title for cause in diagnosis.causes}
        self._titles |= {outcome.id: outcome.title for outcome in diagnosis.outcomes}

    def finding(self, name: str) -> str:
        """Return the id of the finding of this code or name; empty where there is none."""
        return self._findings.get(name, "")

    def code(self, name: str) -> str:
        """Return the code of the finding of this name, or the name itself."""
        return clean(self._labels.get(name, name))

    def cause(self, name: str) -> str:
        """Return the id of the cause, or of the outcome where it is one; empty where there is neither."""
        return self._causes.get(name, "") or self._outcomes.get(name, "")

    def outcome(self, name: str) -> str:
        """Return the id of the outcome; empty where there is none."""
        return self._outcomes.get(name, "")

    def title(self, name: str) -> str:
        """Return the title of the cause or outcome, or its id where it has none."""
        return self._titles.get(name) or name


def _fit(text: str, taken: set[str]) -> str:
    base = _UNFIT.sub("-", text)[:80] or "item"
    anchor, number = base, 1
    while anchor.lower() in taken:
        number += 1
        anchor = f"{base}-{number}"
    taken.add(anchor.lower())
    return anchor
