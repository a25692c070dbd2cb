"""The findings as reasoning uses them: which fired, which are clear, which were never examined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from forensics.causes.cause import Cause, Exclusion
from forensics.model.diagnosis import Weight
from forensics.model.finding import Finding, Status

# A false-alarm rate below this cannot be shown by any corpus at hand, so none is believed.
LEAST_LEAK = 1e-3


@dataclass(frozen=True)
class Evidence:
    """Findings by name. Those that are neither fired nor clear say nothing and are summed out."""

    fired: dict[str, Finding]
    clear: dict[str, Finding]
    unseen: dict[str, Finding]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Evidence:
        """Sort findings by what they say."""
        fired = {item.name: item for item in findings if item.status is Status.FIRED}
        clear = {item.name: item for item in findings if item.status is Status.CLEAR}
        unseen = {item.name: item for item in findings if item.name not in fired and item.name not in clear}
        return cls(fired, clear, unseen)

    def examined(self, name: str) -> bool:
        """Whether the finding was looked for and the evidence sufficed."""
        return name in self.fired or name in self.clear

    def supports(self, cause: Cause) -> list[Weight]:
        """Fired findings that the cause predicts better than chance, with log(p / leak), heaviest first."""
        weights = [
            Weight(finding=name, weight=math.log(cause.p(name) / leak(found)), statement=found.statement)
            for name, found in self.fired.items()
            if cause.p(name) > leak(found)
        ]
        return sorted(weights, key=lambda item: (-item.weight, item.finding))

    def contradicts(self, cause: Cause) -> list[Weight]:
        """Clear findings that the cause predicts, with log((1 - p) / (1 - leak)), heaviest first."""
        weights = [
            Weight(finding=name, weight=math.log((1 - cause.p(name)) / (1 - leak(found))), statement=found.statement)
            for name, found in self.clear.items()
            if cause.p(name) > leak(found)
        ]
        return sorted(weights, key=lambda item: (item.weight, item.finding))

    def missing(self, cause: Cause) -> list[str]:
        """Findings that the cause predicts and that could not be examined."""
        return [item.finding for item in cause.predicts if item.finding in self.unseen]

    def signed(self, cause: Cause) -> bool:
        """Whether a sign specific to the cause has fired, and every one that it requires."""
        return any(name in self.fired for name in cause.signature) and all(
            name in self.fired for name in cause.requires
        )

    def exclusion(self, cause: Cause) -> Exclusion | None:
        """Return the identity that rules the cause out, if one does."""
        for rule in cause.excluded_by:
            held = self.fired if rule.status is Status.FIRED else self.clear
            if rule.finding in held and not any(name in self.fired for name in rule.unless):
                return rule
        return None


def leak(finding: Finding) -> float:
    """Return P(fires | healthy run), kept off 0 and 1."""
    return min(max(finding.leak, LEAST_LEAK), 1 - LEAST_LEAK)
