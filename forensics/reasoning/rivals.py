"""Whether the evidence at hand tells two explanations apart."""

from __future__ import annotations

from forensics.causes.cause import RivalCause
from forensics.model.diagnosis import Rival
from forensics.reasoning.belief import Belief
from forensics.reasoning.evidence import Evidence, leak

# A sign is a cause's own if the cause makes it this many times likelier than the rival and than chance.
OWN = 3.0
# A rival this unlikely after all evidence no longer competes.
COMPETES = 0.2


def rivals_of(belief: Belief, beliefs: dict[str, Belief], evidence: Evidence) -> list[Rival]:
    """Return the declared rivals of a cause, each with what separates the two, or what would."""
    return [_rival(belief, beliefs[rival.id], rival, evidence) for rival in belief.cause.rivals]


def competitors(belief: Belief, beliefs: dict[str, Belief], evidence: Evidence) -> list[str]:
    """Return the rivals that explain the same findings and that nothing at hand separates from the cause."""
    return [
        rival.id
        for rival in rivals_of(belief, beliefs, evidence)
        if not rival.separated and beliefs[rival.id].examined and beliefs[rival.id].likelihood >= COMPETES
    ]


def _rival(belief: Belief, other: Belief, rival: RivalCause, evidence: Evidence) -> Rival:
    seen = [name for name in rival.separated_by if evidence.examined(name)]
    seen = seen or _own_signs(belief, other, evidence) or _own_signs(other, belief, evidence)
    seen = seen or [item.exclusion.finding for item in (belief, other) if item.exclusion is not None]
    return Rival(id=rival.id, separated=bool(seen) or not rival.tiers, by=seen or rival.separated_by)


def _own_signs(belief: Belief, other: Belief, evidence: Evidence) -> list[str]:
    """Return the fired signs of a cause that hardly speak for the other one."""
    cause = belief.cause
    return [
        name
        for name in cause.signature
        if name in evidence.fired and cause.p(name) >= OWN * max(other.cause.p(name), leak(evidence.fired[name]))
    ]
