"""From facts of the source to a finding: exact facts decide, joined ones support, those of another source neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from forensics.detectors.meta import Meta
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Number
from forensics.model.source import SourceFact
from forensics.signals.source import Source, ref

NEEDS = ("training source",)
HOW_TO_LOG = "forensics analyze RUN --source DIR  # or let forensics.recorder keep source.tar.gz in the run directory"
SHOWN = 3


@dataclass(frozen=True)
class Hit:
    """One place where the source does what is looked for. `facts` begin with the line that matters."""

    sentence: str
    facts: Sequence[SourceFact]
    sure: bool
    values: Mapping[str, Number] = field(default_factory=dict)


def conclude(
    meta: Meta,
    source: Source | None,
    hits: Sequence[Hit],
    *,
    clear: str = "",
    partly: str = "",
    looked: Sequence[SourceFact] = (),
    lacking: str = "update in it that could be followed",
) -> Finding:
    """Return the finding.

    Where nothing was hit, `clear` is what to say if the facts cover all there is, `partly` what to say if they may not.
    """
    if source is None:
        return meta.not_applicable()
    sure, unsure = [hit for hit in hits if hit.sure], [hit for hit in hits if not hit.sure]
    if not source.trusted and (hits or clear):
        why = "; ".join(source.agreement.contradictions)
        return meta.inconclusive(f"The source at hand is not the one that ran ({why}), so it decides nothing.")
    if sure:
        return meta.fire(_text(sure), values=_values(sure), evidence=_evidence(sure))
    if unsure:
        return meta.inconclusive(
            f"On some of the branches that the source leaves open: {_text(unsure)}",
            values=_values(unsure),
            evidence=_evidence(unsure),
        )
    if clear:
        return meta.pass_(clear, evidence=[ref(fact) for fact in looked[:SHOWN]])
    if partly:
        return meta.inconclusive(f"{partly} What could not be followed may be otherwise.")
    return meta.not_applicable(lacking)


def _text(hits: Sequence[Hit]) -> str:
    rest = len(hits) - SHOWN
    more = f" And {rest} more of the kind." if rest > 0 else ""
    return " ".join(dict.fromkeys(hit.sentence for hit in hits[:SHOWN])) + more


def _values(hits: Sequence[Hit]) -> dict[str, Number]:
    return {"places": len(hits), "place": hits[0].facts[0].place, **hits[0].values}


def _evidence(hits: Sequence[Hit]) -> list[EvidenceRef]:
    return [ref(fact) for hit in hits[:SHOWN] for fact in hit.facts]


def listed(names: Sequence[str]) -> str:
    """Return parameter sets in words, at most four of them."""
    shown = ", ".join(names[:4])
    return shown + (f" and {len(names) - 4} more" if len(names) > 4 else "")
