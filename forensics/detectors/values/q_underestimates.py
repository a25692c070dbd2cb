"""See whether Q lies far below the discounted return.

Observes:
    Over the last third, mean Q of the policy's actions below a quarter of the mean discounted return of the last
    episodes (positive returns), or below twice the worst episodes' (negative returns).

Why it matters:
    A pessimistic critic makes a timid actor: minimum over many critics, a target that never moves, a wrong discount.

Evidence:
    Mean Q of the policy's actions and on the batch, episodic returns and lengths, and gamma.

How it can be wrong:
    A return that rose quickly leaves the replay buffer full of states from which little can be had: Q that still
    moves, or whose spread over states reaches the limit, is not judged. Rewards scaled for the critic alone.

References:
    Fujimoto et al. 2018 (arXiv 1802.09477), section 4.2, on clipped double Q and underestimation;
    fault-catalogue, q-underestimation: below the MC return by more than 2x.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.values.bias import NEEDS, gather
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="VAL106",
    name="q-underestimates",
    fired="Q lies far below the discounted return",
    clear="Q does not lie far below the discounted return",
    group="q-bias",
    needs=NEEDS,
    leak=(5, 100),
    leak_reason="Q lags behind a return that rises, and buffers hold poor states: a wide factor, yet a weak sign",
    how_to_log='writer.add_scalar("rollout/discounted_return", discounted_return, step)',
)

THRESHOLDS = {
    "share": Threshold(
        0.25, "of the late discounted return", "fault-catalogue says 2x; doubled, since Q lags the return"
    ),
    "factor": Threshold(
        2.0, "times the worst discounted return", "fault-catalogue, q-underestimation: 2x the MC return"
    ),
}


def detect(signals: Signals) -> Finding:
    """Fire where the policy's Q lies below the limit over the last third."""
    found = gather(signals)
    if isinstance(found, list):
        return META.not_applicable(*found) if found else META.inconclusive("Too few points of Q or of the return.")
    allowed, level = found.allowed, found.policy_level
    if allowed.scale == 0:
        return META.inconclusive("Every return is 0, so no scale of values is known.")
    limit = allowed.low - (THRESHOLDS["factor"].value - 1) * allowed.scale
    if allowed.low == 0 and allowed.late > 0:
        limit = THRESHOLDS["share"].value * allowed.late
    values: dict[str, Number] = {"policy_q": level, "limit": limit, "late_return": allowed.late, "points": found.points}
    steps = found.policy.signal.steps
    span = f"over the last third of step {steps[0]} to {steps[-1]} ({found.points} points): "
    span += f"{level:,.4g} against {limit:,.4g}"
    evidence = [found.policy.signal.ref(), found.batch.ref()]
    if level >= limit:
        return META.pass_(
            f"{found.policy.words} does not lie below its limit {span}.", values=values, evidence=evidence
        )
    if not found.settled or level + found.spread >= limit:
        return META.inconclusive(
            f"{found.policy.words} lies below its limit {span}, but still moves or varies more than that over states.",
            values=values,
        )
    return META.fire(
        f"{found.policy.words} lies below its limit {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Q and the discounted return", [found.policy.signal, found.batch], limits=[("limit", limit)]),
        onset=int(steps[0]),
    )
