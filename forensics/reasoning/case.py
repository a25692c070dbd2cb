"""All that the verdict is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from forensics.model.diagnosis import Kind, Quality
from forensics.model.finding import Finding
from forensics.reasoning.belief import Belief
from forensics.reasoning.evidence import Evidence, leak
from forensics.reasoning.quality import DECISIVE_LEAK, quality_of
from forensics.reasoning.rivals import COMPETES, competitors

HEADS = (Kind.MECHANISM, Kind.INFRASTRUCTURE)


@dataclass(frozen=True)
class Case:
    """Beliefs by id, what explains what, the evidence, and P(at least one of some causes acts)."""

    beliefs: dict[str, Belief]
    explained: dict[str, list[str]]
    evidence: Evidence
    joint: Callable[[list[str]], float]

    def outcomes(self) -> list[Belief]:
        """Return the outcomes that stand, likeliest first."""
        found = [item for item in self.beliefs.values() if item.stands and item.cause.kind is Kind.OUTCOME]
        return sorted(found, key=lambda item: (-item.likelihood, item.cause.id))

    def leading(self) -> Belief | None:
        """Return the standing mechanism or infrastructure fault of greatest harm that nothing else explains."""
        heads = [item for item in self.beliefs.values() if item.stands and self._may_head(item)]
        return max(heads, key=lambda item: (item.cause.harm, item.likelihood, item.cause.id), default=None)

    def suspects(self) -> list[Belief]:
        """Return what falls short of standing and could head a verdict, likeliest first."""
        found = [
            item
            for item in self.beliefs.values()
            if item.signed and not item.stands and item.likelihood >= COMPETES and self._may_head(item)
        ]
        return sorted(found, key=lambda item: (-item.likelihood, item.cause.id))

    def unexplained(self) -> list[Finding]:
        """Return what fired, is hardly ever seen on a healthy run, and belongs to no cause that stands."""
        harmful = (*HEADS, Kind.OUTCOME)
        alarming = {
            p.finding for item in self.beliefs.values() if item.cause.kind in harmful for p in item.cause.predicts
        }
        told = {p.finding for item in self.beliefs.values() if item.stands for p in item.cause.predicts}
        return [
            finding
            for finding in self.evidence.fired.values()
            if leak(finding) <= DECISIVE_LEAK and finding.name in alarming - told
        ]

    def together(self, belief: Belief) -> list[str]:
        """Return the cause and the rivals that nothing at hand separates from it."""
        return [belief.cause.id, *competitors(belief, self.beliefs, self.evidence)]

    def quality(self, belief: Belief) -> tuple[Quality, list[str]]:
        """Return the quality of the evidence for a cause, and why."""
        return quality_of(belief, self.beliefs, self.evidence)

    def _may_head(self, belief: Belief) -> bool:
        """Whether it can head a verdict: some causes only add to others, some count only where training was lost."""
        cause, fired = belief.cause, self.evidence.fired
        flag = cause.heads_only_if
        lost = any(fired[name].values.get(flag) is True for name in cause.signature if name in fired)
        return (
            cause.kind in HEADS
            and cause.id not in self.explained
            and not cause.contributing_only
            and (not flag or lost)
        )
