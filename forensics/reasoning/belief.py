"""How likely each cause is, within what its evidence allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from forensics.causes.cause import Cause, Exclusion
from forensics.model.diagnosis import Kind, Weight
from forensics.reasoning.evidence import Evidence
from forensics.reasoning.judgement import CAP, FLOOR, STANDS, UNSIGNED
from forensics.reasoning.words import listed

# Below this a cause whose sign was looked for and not found is called ruled out.
RULED_OUT = 0.05


@dataclass(frozen=True)
class Belief:
    """One cause, how likely it is, and what that rests on. `reason` says what keeps it from standing."""

    cause: Cause
    likelihood: float
    supports: list[Weight]
    contradicts: list[Weight]
    missing: list[str]
    examined: bool
    signed: bool
    exclusion: Exclusion | None
    reason: str = ""

    @property
    def stands(self) -> bool:
        return self.likelihood >= STANDS

    @property
    def ruled_out(self) -> bool:
        """Excluded by an identity, or next to impossible because a sign of its own stayed clear."""
        unseen = {weight.finding for weight in self.contradicts} & {*self.cause.signature, *self.cause.requires}
        return self.exclusion is not None or (self.examined and bool(unseen) and self.likelihood < RULED_OUT)


def reachable(cause: Cause, tier: str) -> bool:
    """Whether evidence of this tier can speak to the cause at all."""
    return cause.needs_tier <= tier


def assess(causes: Sequence[Cause], marginals: dict[str, float], evidence: Evidence, tier: str) -> dict[str, Belief]:
    """Return a belief for every cause. `marginals` holds the posterior of those that the tier can reach."""
    beliefs = {cause.id: _believe(cause, marginals.get(cause.id, cause.prior.p), evidence, tier) for cause in causes}
    company = any(
        item.stands and not item.cause.contributing_only and item.cause.kind in (Kind.MECHANISM, Kind.OUTCOME)
        for item in beliefs.values()
    )
    if company:
        return beliefs
    return {name: _alone(item) if item.cause.contributing_only else item for name, item in beliefs.items()}


def _believe(cause: Cause, marginal: float, evidence: Evidence, tier: str) -> Belief:
    exclusion = evidence.exclusion(cause)
    supports = evidence.supports(cause)
    looked_for = [item.finding for item in cause.predicts if evidence.examined(item.finding)]
    specific = any(evidence.examined(name) for name in cause.signature)
    examined = reachable(cause, tier) and bool(looked_for) and (specific or bool(supports))
    signed = examined and evidence.signed(cause)
    likelihood = min(max(marginal, FLOOR), CAP)
    reason = ""
    if not reachable(cause, tier):
        reason = f"Needs evidence of tier {cause.needs_tier}; this run offers {tier}."
    elif cause.unexamined:
        reason = f"Not examined: {cause.unexamined}"
    elif exclusion is not None:
        reason, likelihood = exclusion.reason, FLOOR
    elif not examined:
        reason = "Nothing that would show it was logged."
    elif not signed:
        reason = _unsigned(cause, evidence)
    if not signed:
        likelihood = min(likelihood, UNSIGNED)
    return Belief(
        cause,
        likelihood,
        supports,
        evidence.contradicts(cause),
        evidence.missing(cause),
        examined,
        signed,
        exclusion,
        reason,
    )


def _unsigned(cause: Cause, evidence: Evidence) -> str:
    lacking = [name for name in cause.requires if name not in evidence.fired] or cause.signature
    seen = [name for name in lacking if name in evidence.clear]
    if len(seen) == len(lacking):
        return f"Its own signs stayed clear: {listed(seen)}."
    return f"No sign of its own fired ({listed(lacking, 'or')}); general signs alone do not make a cause."


def _alone(belief: Belief) -> Belief:
    if not belief.stands:
        return belief
    note = "It can only add to something else that went wrong, and nothing else stands."
    return replace(belief, likelihood=UNSIGNED, reason=note)
