"""The facts of the training source as detectors see them: held against the run before they are believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forensics.model.evidence import EvidenceRef, Run, Series
from forensics.model.source import Confidence, SourceFact, SourceReport
from forensics.signals.source_check import Agreement, compare


@dataclass(frozen=True)
class Source:
    """A source tree that was read: its facts, its lines, and how well it fits what the run logged."""

    report: SourceReport
    texts: Mapping[str, str]
    origin: str
    agreement: Agreement

    @property
    def trusted(self) -> bool:
        """Whether nothing in the run says that another source ran."""
        return not self.agreement.contradictions

    def line(self, fact: SourceFact) -> str:
        """Return the line of text where a fact stands, empty where it is not at hand."""
        lines = self.texts.get(fact.file, "").splitlines()
        return lines[fact.line - 1].strip() if 0 < fact.line <= len(lines) else ""


def source_of(run: Run) -> Source | None:
    """Return the run's source, None where there is none."""
    if run.source is None:
        return None
    return Source(run.source, run.source_texts, run.source_origin, compare(run.source, _logged(run)))


def _logged(run: Run) -> dict[str, Series]:
    """Return the longest series of each tag that the program wrote through a writer of scalars."""
    found: dict[str, Series] = {}
    for series in run.series:
        if series.source == "tensorboard" and (series.tag not in found or len(series) > len(found[series.tag])):
            found[series.tag] = series
    return found


def ref(fact: SourceFact) -> EvidenceRef:
    """Point at the line of a fact."""
    return EvidenceRef(file=fact.file, line=fact.line)


def is_exact(*facts: SourceFact) -> bool:
    """Whether all of them were followed without a gap or an open branch: what they say is there, is there."""
    return all(fact.confidence is Confidence.EXACT for fact in facts)


def is_absent(report: SourceReport, *facts: SourceFact) -> bool:
    """Whether these facts show that something does not happen: all exact, in a tree that was read whole.

    A join over branches may have left some out, and what was not read, or not followed, may do it.
    """
    return is_exact(*facts) and not report.unread


def is_followed(*facts: SourceFact) -> bool:
    """Whether none is known by name alone.

    What was joined over open branches holds all that any of them does: what is absent from it is absent from each.
    """
    return all(fact.confidence is not Confidence.BY_NAME for fact in facts)
