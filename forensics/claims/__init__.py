"""A person's document against the run: its checkable claims, and what the evidence says of each."""

from __future__ import annotations

from collections import Counter

from forensics.claims.check import check
from forensics.claims.claim import Checked, Mark
from forensics.claims.document import passages
from forensics.claims.grammar import claims_of
from forensics.claims.subject import Index
from forensics.model.finding import Finding
from forensics.signals.signals import Signals


def check_claims(text: str, signals: Signals, findings: list[Finding]) -> list[Checked]:
    """Return every checkable claim of a Markdown document, in its order, marked against the run.

    A claim that the document makes twice in one place (a heading and its first sentence may share a line) is
    listed once a line. A document without a claim gives an empty list.
    """
    index = Index(signals)
    found = {
        (claim.line, claim.subject.said if claim.subject else "", claim.says): claim
        for passage in passages(text)
        for claim in claims_of(passage, index)
    }
    return [check(claim, signals, findings) for claim in found.values()]


def counted(checked: list[Checked]) -> dict[Mark, int]:
    """Return how many claims bear each mark."""
    count = Counter(each.mark for each in checked)
    return {mark: count[mark] for mark in Mark}
