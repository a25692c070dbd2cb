"""The part each cause plays."""

from __future__ import annotations

from forensics.model.diagnosis import CauseRole, Kind
from forensics.reasoning.belief import Belief
from forensics.reasoning.words import listed

# Below this, evidence that would speak for a cause has gone to others.
DOUBTFUL = 0.2


def role_of(belief: Belief, explained: dict[str, list[str]], head: str | None) -> CauseRole:
    """Return the role of one cause. An outcome that stands is a consequence, even of what is not known."""
    name, kind = belief.cause.id, belief.cause.kind
    if belief.exclusion is not None:
        return CauseRole.RULED_OUT
    if not belief.examined:
        return CauseRole.NOT_EXAMINED
    if not belief.stands:
        return CauseRole.RULED_OUT if belief.ruled_out else CauseRole.POSSIBLE
    if kind is Kind.MEASUREMENT:
        return CauseRole.MEASUREMENT_FAULT
    if kind is Kind.OUTCOME or name in explained:
        return CauseRole.CONSEQUENCE
    return CauseRole.PROBABLE_CAUSE if name == head else CauseRole.CONTRIBUTING


def why(belief: Belief, role: CauseRole, explained: dict[str, list[str]], head: str | None) -> str:
    """Say in one sentence why a cause has its role."""
    if belief.reason:
        return belief.reason
    by = listed(explained.get(belief.cause.id, []))
    against = listed([item.finding for item in belief.contradicts[:3]])
    match role:
        case CauseRole.PROBABLE_CAUSE:
            return "It stands, nothing else that stands explains it, and none does more harm."
        case CauseRole.CONSEQUENCE:
            return f"Brought about by {by}." if by else "It happened; what brought it about is not established."
        case CauseRole.MEASUREMENT_FAULT:
            return f"The instrument is wrong, by {by}." if by else "The instrument is wrong; the training need not be."
        case CauseRole.CONTRIBUTING:
            return (
                "It stands beside the probable cause." if head else "It stands, and no loss of training is laid to it."
            )
        case CauseRole.RULED_OUT:
            return f"What it predicts was looked for and is not there: {against}."
        case _ if belief.supports and belief.likelihood < DOUBTFUL:
            return "What speaks for it is better explained by other causes."
        case _:
            return f"Against it: {against}." if against else "The evidence neither shows nor excludes it."
