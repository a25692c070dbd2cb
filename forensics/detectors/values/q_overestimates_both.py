"""See whether Q rises far above the discounted return, for the policy's actions and for the batch's alike.

Observes:
    Over the last third, mean Q of the policy's actions and mean Q on the batch both above twice the largest mean
    discounted return that the best episodes allow, reward per step / (1 - gamma).

Why it matters:
    A maximum over noisy estimates is biased upward, and bootstrapping feeds the bias back: the policy then
    climbs errors. Both values rise, unlike those of a critic read on foreign features.

Evidence:
    Mean Q of the policy's actions and on the batch, episodic returns and lengths, and gamma.

How it can be wrong:
    Rewards scaled or normalised for the critic but not in the logged return. Rewards of both signs that cancel over
    an episode make the allowed scale too small. A reward concentrated at the end of episodes raises Q near it. An
    entropy bonus adds to Q what no return shows, so values with one are not judged.

References:
    Thrun and Schwartz 1993; Fujimoto et al. 2018 (arXiv 1802.09477), figure 1; fault-catalogue, q-overestimation.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.bias import NEEDS, gather
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.robust import finite
from forensics.signals.signals import Signals

META = Meta(
    code="VAL105",
    name="q-overestimates-both",
    fired="Q of the policy's actions and of the batch's lies far above the discounted return",
    clear="Q does not lie above the discounted return",
    group="q-bias",
    needs=NEEDS,
    leak=(4, 100),
    leak_reason="rewards scaled for the critic alone, or cancelling over an episode, look alike",
    how_to_log='writer.add_scalar("rollout/discounted_return", discounted_return, step)',
)

THRESHOLDS = {
    "rise": Threshold(2.0, "times the first level", "an untrained network's guess is no estimate of a return"),
    "factor": Threshold(2.0, "times the allowed return", "fault-catalogue, q-overestimation: above 2x the MC return"),
}


def detect(signals: Signals) -> Finding:
    """Fire where both values exceed the limit over the last third."""
    found = gather(signals)
    if isinstance(found, list):
        return META.not_applicable(*found) if found else META.inconclusive("Too few points of Q or of the return.")
    limit = found.allowed.high + (THRESHOLDS["factor"].value - 1) * found.allowed.scale
    values: dict[str, Number] = {
        "policy_q": found.policy_level,
        "batch_q": found.batch_level,
        "limit": limit,
        "points": found.points,
    }
    level = min(found.policy_level, found.batch_level)
    steps = found.policy.signal.steps
    span = f"over the last third of step {steps[0]} to {steps[-1]} ({found.points} points): "
    span += f"{level:,.4g} against {limit:,.4g}"
    evidence = [found.policy.signal.ref(), found.batch.ref()]
    if found.allowed.scale == 0:
        return META.inconclusive("Every return is 0, so no scale of values is known.", values=values)
    if level <= limit:
        return META.pass_(
            f"The lower of policy and batch Q does not exceed the return's scale {span}.",
            values=values,
            evidence=evidence,
        )
    start = float(np.median(np.abs(finite(found.policy.values)[:3])))
    if level <= THRESHOLDS["rise"].value * start or signals.first(Quantity.ENTROPY_COEFFICIENT) is not None:
        return META.inconclusive(
            f"The lower of policy and batch Q exceeds the return's scale {span}, but began there or holds an entropy "
            "bonus.",
            values=values,
        )
    return META.fire(
        f"The lower of policy and batch Q ({found.batch.tag}) exceeds the scale of the discounted return {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Q and the discounted return", [found.policy.signal, found.batch], limits=[("limit", limit)]),
        onset=int(steps[0]),
    )
