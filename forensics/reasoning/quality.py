"""How good the evidence for a cause is, apart from how likely the cause is (the distinction is GRADE's)."""

from __future__ import annotations

import math

from forensics.model.diagnosis import Kind, Quality
from forensics.reasoning.belief import Belief
from forensics.reasoning.evidence import Evidence, leak
from forensics.reasoning.rivals import rivals_of
from forensics.reasoning.words import listed

# A finding that fires on at most this share of healthy runs is as good as an identity.
DECISIVE_LEAK = 0.01
# Odds of 3 to 1: less than that is not worth naming.
NOTABLE = math.log(3)


def quality_of(belief: Belief, beliefs: dict[str, Belief], evidence: Evidence) -> tuple[Quality, list[str]]:
    """Return the quality of evidence for a cause and the reasons, in sentences without the cause's name."""
    groups = {evidence.fired[item.finding].group for item in belief.supports if item.weight > NOTABLE}
    decisive = [
        item.finding
        for item in belief.supports
        if leak(evidence.fired[item.finding]) <= DECISIVE_LEAK and belief.cause.p(item.finding) >= 0.5
    ]
    against = [item.finding for item in belief.contradicts if item.weight < -NOTABLE]
    together = [rival.id for rival in rivals_of(belief, beliefs, evidence) if not rival.separated and belief.stands]
    reasons = []
    if groups:
        reasons.append(
            f"{len(groups)} independent line{'s' * (len(groups) > 1)} of evidence: {listed(sorted(groups))}."
        )
    if decisive:
        reasons.append(f"Hardly ever seen on a healthy run: {listed(decisive)}.")
    if against:
        reasons.append(f"Evidence against it: {listed(against)}.")
    if together:
        reasons.append(f"Not told apart by what was logged: {listed(together)}.")
    if belief.missing:
        reasons.append(f"Could not be examined: {listed(belief.missing)}.")
    if not belief.stands:
        return _of_absence(belief), reasons or ["Nothing it predicts has fired."]
    if len(groups) >= 2 and decisive and not against and not together:
        return Quality.HIGH, reasons
    if belief.cause.kind is Kind.MEASUREMENT and decisive and not against:
        return Quality.HIGH, reasons
    enough = (decisive or len(groups) >= 2) and len(against) < max(len(groups), 1)
    return (Quality.MODERATE if enough else Quality.LOW), reasons


def _of_absence(belief: Belief) -> Quality:
    """How well it is known that a cause does not stand."""
    if belief.exclusion is not None:
        return Quality.HIGH
    return Quality.MODERATE if belief.ruled_out else Quality.LOW
