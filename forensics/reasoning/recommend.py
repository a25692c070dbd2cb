"""What to do about it, most useful first."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.diagnosis import CauseRole, CauseVerdict, Recommendation, Verdict, VerdictStatus
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
    return proposed + cures


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
