"""The lines of the source that findings point at, with a few around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Status
from forensics.safety.text import clean

LINES = 12
"""Lines of one excerpt at most."""
BEFORE = 4
MOST = 12
"""Excerpts of one diagnosis."""
WIDTH = 160


def excerpts(findings: Sequence[Finding], texts: Mapping[str, str]) -> list[str]:
    """Return one excerpt for each finding that fired at lines of these files, each place once.

    An excerpt begins with `file:line name of the finding`; the lines that the finding points at are marked with `>`.
    """
    found: dict[tuple[str, int], str] = {}
    for finding in findings:
        if finding.status is not Status.FIRED:
            continue
        refs = [ref for ref in finding.evidence if ref.file in texts and ref.line]
        if refs and (place := _place(refs[0])) not in found:
            lines = {ref.line for ref in refs if ref.file == place[0] and ref.line}
            found[place] = _excerpt(place, lines, texts[place[0]], finding.name)
    return [text for text in found.values() if text][:MOST]


def _place(ref: EvidenceRef) -> tuple[str, int]:
    return ref.file or "", ref.line or 0


def _excerpt(place: tuple[str, int], marked: set[int], text: str, name: str) -> str:
    lines = text.splitlines()
    if place[1] > len(lines):
        return ""
    near = [line for line in marked if abs(line - place[1]) < LINES - BEFORE]
    first = max(1, min(near) - BEFORE if max(near) - min(near) < LINES - BEFORE else place[1] - BEFORE)
    shown = [
        f"{'>' if number in marked else ' '} {number:5} {clean(lines[number - 1].expandtabs(4), WIDTH)}"
        for number in range(first, min(first + LINES, len(lines) + 1))
    ]
    return "\n".join([f"{clean(place[0], WIDTH)}:{place[1]} {name}", *shown])
