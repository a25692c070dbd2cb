"""Whether the evidence at hand tells two explanations apart."""

from __future__ import annotations

from forensics.model.diagnosis import Rival
from forensics.reasoning.belief import Belief
from forensics.reasoning.evidence import Evidence, leak

# A fired finding is evidence of one cause's own if it makes that cause this many times likelier than the rival.
OWN = 3.0
# A rival this unlikely after all evidence no longer competes.
COMPETES = 0.2


def rivals_of(belief: Belief, beliefs: dict[str, Belief], evidence: Evidence) -> list[Rival]:
    """Return the declared rivals of a cause, each with what separates the two, or what would."""
    found = []
    for rival in belief.cause.rivals:
        other = beliefs[rival.id]
        seen = [name for name in rival.separated_by if evidence.examined(name)]
        own = own_evidence(belief, other, evidence) or own_evidence(other, belief, evidence)
        separated = bool(seen or own or other.excluded or belief.excluded)
        found.append(Rival(id=rival.id, separated=separated, by=(seen or own) if separated else rival.separated_by))
    return found


def competitors(belief: Belief, beliefs: dict[str, Belief], evidence: Evidence) -> list[str]:
    """Return the rivals that explain the same findings and that nothing at hand separates from the cause."""
    return [
        rival.id
        for rival in rivals_of(belief, beliefs, evidence)
        if not rival.separated and beliefs[rival.id].examined and beliefs[rival.id].likelihood >= COMPETES
    ]


def own_evidence(belief: Belief, other: Belief, evidence: Evidence) -> list[str]:
    """Return the fired findings that speak for the cause and hardly for the other one."""
    return [
        weight.finding
        for weight in belief.supports
        if belief.cause.p(weight.finding)
        >= OWN * max(other.cause.p(weight.finding), leak(evidence.fired[weight.finding]))
    ]
