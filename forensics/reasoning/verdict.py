"""The one answer, by the contract of diagnosis.json."""

from __future__ import annotations

from collections.abc import Callable

from forensics.model.diagnosis import Kind, Quality, Verdict, VerdictStatus
from forensics.reasoning import statement
from forensics.reasoning.belief import Belief
from forensics.reasoning.evidence import Evidence
from forensics.reasoning.judgement import CAP, STANDS
from forensics.reasoning.quality import quality_of
from forensics.reasoning.rivals import COMPETES, competitors
from forensics.reasoning.words import in_words

# Observations about files, settings and logging say how the run was kept, not how it trained.
HOUSEKEEPING = ("RUN", "CFG", "LOG")
LEAST_INFORMATIVE = 3
HEADS = (Kind.MECHANISM, Kind.INFRASTRUCTURE)

Joint = Callable[[list[str]], float]


def decide(
    beliefs: dict[str, Belief], explained: dict[str, list[str]], evidence: Evidence, joint: Joint, next_test: str
) -> Verdict:
    """Return the verdict. `joint` gives the probability that at least one of some causes acts."""
    lead = leading(beliefs, explained, evidence)
    if lead:
        together = competitors(lead, beliefs, evidence)
        return (
            _together([lead.cause.id, *together], beliefs, evidence, joint)
            if together
            else _fault(lead, beliefs, evidence)
        )
    row = _undecided_row(beliefs, explained, evidence, joint)
    if row:
        return _together(row, beliefs, evidence, joint)
    outcomes = [item for item in beliefs.values() if item.stands and item.cause.kind is Kind.OUTCOME]
    suspects = [item for item in _suspects(beliefs, explained) if item.signed]
    if outcomes or (suspects and joint([item.cause.id for item in suspects]) >= STANDS):
        return Verdict(
            status=VerdictStatus.UNDETERMINED,
            cause=None,
            statement=statement.undetermined(outcomes, suspects, next_test),
            evidence_quality=Quality.MODERATE if outcomes else Quality.LOW,
            evidence_quality_reasons=["What happened is seen; nothing that was logged shows why."]
            if outcomes
            else ["Several explanations share the evidence."],
        )
    informative = [
        item for item in (*evidence.fired.values(), *evidence.clear.values()) if not item.code.startswith(HOUSEKEEPING)
    ]
    looked, could = len(evidence.fired) + len(evidence.clear), len(evidence.unseen)
    if len(informative) < LEAST_INFORMATIVE:
        return Verdict(
            status=VerdictStatus.INSUFFICIENT_EVIDENCE,
            cause=None,
            statement=statement.insufficient(len(informative), could, next_test),
            evidence_quality_reasons=[f"{looked} observations could be made and {could} could not."],
        )
    groups = {item.group for item in informative}
    return Verdict(
        status=VerdictStatus.NO_FAULT_FOUND,
        cause=None,
        statement=statement.no_fault([item for item in beliefs.values() if item.stands], looked, could),
        evidence_quality=Quality.HIGH if looked > 2 * could else Quality.MODERATE if len(groups) > 4 else Quality.LOW,
        evidence_quality_reasons=[
            f"{looked} observations made, on {len(groups)} lines of evidence about training; {could} not possible."
        ],
    )


def leading(beliefs: dict[str, Belief], explained: dict[str, list[str]], evidence: Evidence) -> Belief | None:
    """Return the standing mechanism or infrastructure fault of greatest harm that nothing else explains."""
    heads = [
        item
        for name, item in beliefs.items()
        if item.stands and item.cause.kind in HEADS and name not in explained and may_head(item, evidence)
    ]
    return max(heads, key=lambda item: (item.cause.harm, item.likelihood, item.cause.id), default=None)


def may_head(belief: Belief, evidence: Evidence) -> bool:
    """Whether the cause can head a verdict at all: some only add, some only where they lost training."""
    flag = belief.cause.heads_only_if
    lost = any(
        evidence.fired[name].values.get(flag) is True for name in belief.cause.signature if name in evidence.fired
    )
    return not belief.cause.contributing_only and (not flag or lost)


def _suspects(beliefs: dict[str, Belief], explained: dict[str, list[str]]) -> list[Belief]:
    """Mechanisms and infrastructure faults short of standing that could head a verdict, likeliest first."""
    found = [
        item
        for item in beliefs.values()
        if item.cause.kind in HEADS
        and item.examined
        and not item.stands
        and item.likelihood >= COMPETES
        and item.cause.id not in explained
        and not item.cause.contributing_only
        and not item.cause.heads_only_if
    ]
    return sorted(found, key=lambda item: (-item.likelihood, item.cause.id))


def _undecided_row(
    beliefs: dict[str, Belief], explained: dict[str, list[str]], evidence: Evidence, joint: Joint
) -> list[str]:
    """Rivals that explain the same signs, none of which stands alone although one of them must be true."""
    for suspect in _suspects(beliefs, explained):
        row = [suspect.cause.id, *competitors(suspect, beliefs, evidence)]
        if suspect.signed and len(row) > 1 and joint(row) >= STANDS:
            return row
    return []


def _fault(lead: Belief, beliefs: dict[str, Belief], evidence: Evidence) -> Verdict:
    quality, reasons = quality_of(lead, beliefs, evidence)
    return Verdict(
        status=VerdictStatus.FAULT,
        cause=lead.cause.id,
        statement=statement.fault(lead),
        likelihood=lead.likelihood,
        likelihood_words=in_words(lead.likelihood),
        evidence_quality=quality,
        evidence_quality_reasons=reasons,
    )


def _together(row: list[str], beliefs: dict[str, Belief], evidence: Evidence, joint: Joint) -> Verdict:
    likelihood = min(joint(row), CAP)
    ordered = sorted(row, key=lambda name: (-beliefs[name].likelihood, name))
    return Verdict(
        status=VerdictStatus.INDISTINGUISHABLE,
        cause=None,
        statement=statement.indistinguishable([beliefs[name] for name in ordered]),
        indistinguishable=ordered,
        likelihood=likelihood,
        likelihood_words=in_words(likelihood),
        evidence_quality=quality_of(beliefs[ordered[0]], beliefs, evidence)[0],
        evidence_quality_reasons=quality_of(beliefs[ordered[0]], beliefs, evidence)[1],
    )
