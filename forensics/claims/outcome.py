"""What one signal, setting or fact says of a claim."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.claims.claim import Mark
from forensics.model.evidence import EvidenceRef


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mark with its reason in words and the place where it can be checked."""

    mark: Mark
    statement: str
    evidence: tuple[EvidenceRef, ...] = ()


def supported(statement: str, *evidence: EvidenceRef) -> Outcome:
    """Return an outcome that bears the claim out."""
    return Outcome(Mark.SUPPORTED, statement, evidence)


def contradicted(statement: str, *evidence: EvidenceRef) -> Outcome:
    """Return an outcome that speaks against the claim."""
    return Outcome(Mark.CONTRADICTED, statement, evidence)


def undecided(statement: str, *evidence: EvidenceRef) -> Outcome:
    """Return an outcome that leaves the claim open."""
    return Outcome(Mark.NOT_CHECKABLE, statement, evidence)
