"""Q of the policy's own actions lies below Q of the actions in the replay batch.

Observes: the sign of the difference of both means, at the points of the second half of the run.

Why it matters: an actor climbs the critic's value, so the critic rates its actions above those that were taken with
noise or long ago. An actor that is rated below them descends: its objective has the wrong sign.

Evidence: mean Q of the policy's actions and mean Q on the replay batch at the same steps.

How it can be wrong: with a fixed data set of good demonstrations the policy may be rated below the data by right; a
policy that is stuck (saturated, without gradient) may lie on either side.

References: Silver et al. 2014, deterministic policy gradient; fault catalogue, wrong-loss-sign (the value of the policy
falls from the first updates).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="VAL115",
    name="policy-q-below-batch-q",
    fired="The critic rates the policy's actions below those of the batch",
    clear="The critic does not rate the policy's actions below those of the batch",
    group="policy-rating",
    needs=("mean Q of the policy's actions", "mean Q on the replay batch at the same steps"),
    leak=(1, 100),
    leak_reason="an actor that climbs the critic is rated above what was tried: below at under half of the points in "
    "every archived and planted run but those with this fault",
    how_to_log='writer.add_scalar("debug/actor_q_mean", critic.q1(state, actor(state)).mean().item(), step)',
)
THRESHOLDS = {
    "share": Threshold(
        0.9, "share of points", "of twenty points of a coin, eighteen on one side have a chance of 2e-4"
    ),
    "points": Threshold(20, "points", "of fewer, nine in ten on one side may be chance"),
    "gap": Threshold(0.01, "of |Q|", "less is the rounding of two means"),
}
VALUES = (Statistic.MEAN, Statistic.VALUE)


def detect(signals: Signals) -> Finding:
    """Count the points at which the policy is rated below the batch."""
    policy = signals.first(Quantity.Q_VALUE, role=Role.POLICY, statistic=VALUES)
    rated = [
        q for q in signals.select(Quantity.Q_VALUE, role=Role.BATCH, statistic=VALUES) if q.meaning.member in (0, 1)
    ]
    batch = max(rated, key=len, default=None)
    if policy is None or batch is None:
        return META.not_applicable(*[n for n, have in zip(META.needs, (policy, batch), strict=True) if have is None])
    steps, (own, theirs) = join(policy, batch)
    keep = np.isfinite(own) & np.isfinite(theirs)
    half = int(keep.sum()) // 2
    steps, own, theirs = steps[keep][half:], own[keep][half:], theirs[keep][half:]
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{policy.tag} and {batch.tag} share only {len(steps)} points in the second half.")
    below, gap = float(np.mean(own < theirs)), float(np.median(theirs - own))
    values: dict[str, Number] = {"share": below, "gap": gap, "points": len(steps)}
    statement = (
        f"{policy.tag} lies below {batch.tag} at {below:.0%} of the points from step {steps[0]} to {steps[-1]} "
        f"({len(steps)} points), by {gap:.3g} (median): {below:.0%} against {THRESHOLDS['share'].value:.0%}."
    )
    evidence = [policy.ref(), batch.ref()]
    least = THRESHOLDS["gap"].value * float(np.median(np.abs(theirs)))
    if below < THRESHOLDS["share"].value or gap < least:
        return META.pass_(statement, values=values, evidence=evidence)
    shown = figure("Q of the policy's actions and of the batch", [policy, batch])
    return META.fire(statement, values=values, evidence=evidence, figure=shown, onset=int(steps[0]))
