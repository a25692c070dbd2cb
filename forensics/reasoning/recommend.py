"""What to do about it, most useful first."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.diagnosis import CauseRole, CauseVerdict, Kind, Recommendation, Verdict, VerdictStatus
from forensics.reasoning.belief import Belief
from forensics.reasoning.next_test import Proposal

TESTS_SHOWN = 3


def recommendations(
    verdict: Verdict, verdicts: Sequence[CauseVerdict], beliefs: dict[str, Belief], tests: Sequence[Proposal]
) -> list[Recommendation]:
    """Cure the cause first, or find it first where it is not known; then what contributed; then the instruments."""
    proposed = [item.recommendation() for item in tests[:TESTS_SHOWN]]
    cures = [
        _cure(beliefs[item.id])
        for role in (CauseRole.PROBABLE_CAUSE, CauseRole.CONTRIBUTING, CauseRole.MEASUREMENT_FAULT)
        for item in sorted(verdicts, key=lambda item: (-item.harm, item.id))
        if item.role is role
    ]
    if verdict.status is VerdictStatus.FAULT:
        return cures + proposed
    if verdict.status is VerdictStatus.INDISTINGUISHABLE:
        return [_decide(beliefs[name]) for name in verdict.indistinguishable] + proposed + cures
    if verdict.status is VerdictStatus.NO_FAULT_FOUND:
        return cures + proposed
    return (proposed or [_trace(item) for item in beliefs.values() if _happened(item)]) + cures


def _happened(belief: Belief) -> bool:
    return belief.stands and belief.cause.kind is Kind.OUTCOME


def _trace(belief: Belief) -> Recommendation:
    """What is seen has a test of its own, even where no mechanism is near."""
    return Recommendation(
        action=belief.cause.decisive_test,
        addresses=belief.cause.id,
        expected_result=f"It narrows down where this comes from: {belief.cause.title}.",
        how_to_verify=belief.cause.remedy.how_to_verify,
        cost=belief.cause.remedy.cost,
    )


def _cure(belief: Belief) -> Recommendation:
    remedy = belief.cause.remedy
    return Recommendation(
        action=remedy.action,
        addresses=belief.cause.id,
        expected_result=remedy.expected_result,
        how_to_verify=remedy.how_to_verify,
        cost=remedy.cost,
    )


def _decide(belief: Belief) -> Recommendation:
    return Recommendation(
        action=belief.cause.decisive_test,
        addresses=belief.cause.id,
        expected_result=f"It shows or excludes: {belief.cause.title}.",
        how_to_verify=belief.cause.remedy.how_to_verify,
        cost="minutes",
    )
