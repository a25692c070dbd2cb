"""The one answer, by the contract of diagnosis.json."""

from __future__ import annotations

from forensics.model.diagnosis import Quality, Verdict, VerdictStatus
from forensics.model.finding import Status
from forensics.reasoning import statement
from forensics.reasoning.belief import Belief
from forensics.reasoning.case import Case
from forensics.reasoning.judgement import CAP, STANDS
from forensics.reasoning.words import in_words

# Observations about files, settings and logging say how the run was kept, those of its source how it was written:
# neither says how it trained.
SOURCE = "SRC"
HOUSEKEEPING = ("RUN", "CFG", "LOG", SOURCE)
LEAST_INFORMATIVE = 3
# Lines of evidence about training that make "nothing found" worth something.
BROAD = 5


def decide(case: Case) -> Verdict:
    """Return the verdict."""
    lead = case.leading()
    if lead:
        row = case.together(lead)
        return _together(row, case) if len(row) > 1 else _fault(lead, case)
    suspects = case.suspects()
    for suspect in suspects:
        row = case.together(suspect)
        if len(row) > 1 and case.joint(row) >= STANDS:
            return _together(row, case)
    if case.outcomes() or case.unexplained():
        return _undetermined(case, suspects)
    if suspects and case.joint([item.cause.id for item in suspects]) >= STANDS:
        return _undetermined(case, suspects)
    return _nothing(case)


def _fault(lead: Belief, case: Case) -> Verdict:
    quality, reasons = case.quality(lead)
    return Verdict(
        status=VerdictStatus.FAULT,
        cause=lead.cause.id,
        statement=statement.fault(lead, case.evidence.fired),
        likelihood=round(lead.likelihood, 4),
        likelihood_words=in_words(lead.likelihood),
        evidence_quality=quality,
        evidence_quality_reasons=reasons,
    )


def _together(row: list[str], case: Case) -> Verdict:
    likelihood = min(case.joint(row), CAP)
    ordered = sorted((case.beliefs[name] for name in row), key=lambda item: (-item.likelihood, item.cause.id))
    quality, reasons = case.quality(ordered[0])
    return Verdict(
        status=VerdictStatus.INDISTINGUISHABLE,
        cause=None,
        statement=statement.indistinguishable(ordered),
        indistinguishable=[item.cause.id for item in ordered],
        likelihood=round(likelihood, 4),
        likelihood_words=in_words(likelihood),
        evidence_quality=quality,
        evidence_quality_reasons=reasons,
    )


def _undetermined(case: Case, suspects: list[Belief]) -> Verdict:
    outcomes, seen = case.outcomes(), case.unexplained()
    known = "What happened is seen; nothing that was logged shows why."
    return Verdict(
        status=VerdictStatus.UNDETERMINED,
        cause=None,
        statement=statement.undetermined(outcomes, seen, suspects),
        evidence_quality=Quality.MODERATE if outcomes or seen else Quality.LOW,
        evidence_quality_reasons=[known if outcomes or seen else "Several explanations share the evidence."],
    )


def _nothing(case: Case) -> Verdict:
    """No fault found, unless too little could be looked at to say so."""
    evidence = case.evidence
    looked = [*evidence.fired.values(), *evidence.clear.values()]
    unseen = [item for item in evidence.unseen.values() if not item.code.startswith(SOURCE)]
    lacking = sum(item.status is Status.NOT_APPLICABLE for item in unseen)
    about_training = [item for item in looked if not item.code.startswith(HOUSEKEEPING)]
    lines = len({item.group for item in about_training})
    reasons = [
        f"{len(looked)} observations made, on {lines} line{'s' * (lines != 1)} of evidence about training; "
        f"{lacking} not possible."
    ]
    if len(about_training) < LEAST_INFORMATIVE:
        return Verdict(
            status=VerdictStatus.INSUFFICIENT_EVIDENCE,
            cause=None,
            statement=statement.insufficient(len(about_training), lacking),
            evidence_quality_reasons=reasons,
        )
    broad = Quality.HIGH if len(looked) > 2 * len(unseen) else Quality.MODERATE
    standing = [item for item in case.beliefs.values() if item.stands]
    return Verdict(
        status=VerdictStatus.NO_FAULT_FOUND,
        cause=None,
        statement=statement.no_fault(standing, len(looked), lacking, len(unseen) - lacking),
        evidence_quality=broad if lines >= BROAD else Quality.LOW,
        evidence_quality_reasons=reasons,
    )
