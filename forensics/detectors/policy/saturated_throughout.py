"""See whether the policy was saturated at every logged point, the first included.

Observes:
    A logged share of saturated actions that never falls below 0.95, from the first point to the last.

Why it matters:
    A policy that learned to act at its bounds started inside them. One that is saturated from the first point had no
    gradient to learn from: tanh is flat there, so that a gradient of exactly 0 needs no other explanation.

Evidence:
    A share of saturated actions of the policy itself (without exploration noise).

How it can be wrong:
    A log that begins long after training did; a policy that is restored from a checkpoint.

References:
    Bjorck et al. 2022 (arXiv 2112.04716) on policies that saturate at initialisation.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="POL108",
    name="saturated-throughout",
    fired="The policy is saturated at every logged point",
    clear="The policy was inside its bounds at some time",
    group="policy-saturation-onset",
    needs=("share of saturated actions of the policy",),
    leak=(1, 200),
    leak_reason="a policy that learned starts inside its bounds; none of the healthy planted runs comes near",
    how_to_log='writer.add_scalar("policy/saturation", (actor(state).abs() > 0.98).float().mean().item(), step)',
)

THRESHOLDS = {
    "share": Threshold(0.95, "of actions", "all but the odd state; healthy planted runs start at 0"),
    "points": Threshold(9, "points", "as for action-saturation"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the smallest logged share is at the limit."""
    share = signals.first(Quantity.SATURATION_SHARE, network=(Network.ACTOR, Network.NONE))
    if share is None:
        return META.not_applicable()
    known = np.isfinite(share.values)
    values, steps = share.values[known], share.steps[known]
    if len(values) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{share.tag} has only {len(values)} points.")
    limit = THRESHOLDS["share"].value * (100.0 if values.max() > 1.5 else 1.0)
    low = float(np.quantile(values, 0.02))
    numbers: dict[str, Number] = {"lowest": low, "points": len(values)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(values)} points): {low:.3g} against {limit:g}"
    if low < limit:
        return META.pass_(f"The share {share.tag} lies below {limit:g} at some points {span}.", values=numbers)
    return META.fire(
        f"The share {share.tag} never falls below {limit:g} {span}.",
        values=numbers,
        evidence=[share.ref()],
        figure=figure("Share of saturated actions", [share], limits=[("limit", limit)]),
        onset=int(steps[0]),
    )
