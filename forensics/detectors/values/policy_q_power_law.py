"""See whether the value of the policy's actions grows as a power of the updates while Q on the batch does not.

Observes:
    |Q(s, pi(s))| (or the actor loss) growing by two decades or more along a straight line in log-log coordinates
    against updates, while Q on the batch, or the TD targets, grow by less than half as many decades.

Why it matters:
    An encoder trained to raise Q moves its weights by one optimizer step an update, and Q is about a product of
    its layers: a power of the update, near the number of weight layers. Bootstrapped divergence grows with Q on
    the batch instead, and exponentially.

Evidence:
    Q of the policy's actions at eight points or more, Q on the batch or of the targets (the root of the critic loss
    stands in), and a count of updates (steps since learning began stand in).

How it can be wrong:
    Normalised features hold the exponent near 1, and growth under two decades: hidden, still dead.
    Healthy Q grows too, from an untrained critic to the scale of the returns, but on the batch as well.

References:
    fault-catalogue, "Measured": log-log R2 above 0.99 under the leak with foreign features.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import POINT, policy_q
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.growth import growth
from forensics.signals.robust import slope
from forensics.signals.signals import Signals
from forensics.signals.updates import updates_at

META = Meta(
    code="VAL103",
    name="policy-q-power-law",
    fired="The value of the policy's actions grows as a power of the updates while Q on the batch stays bounded",
    clear="The value of the policy's actions does not outgrow Q on the batch",
    group="policy-q-growth",
    needs=("Q of the policy's actions", "Q on the batch, TD targets or critic loss"),
    leak=(1, 200),
    leak_reason="two decades of growth that Q on the batch does not share; none in 33 healthy re-simulated runs",
    how_to_log='writer.add_scalar("debug/actor_q_mean", critic.q1(state, actor(state)).mean().item(), updates)',
)

THRESHOLDS = {
    "r2": Threshold(
        0.97, "R2, log-log", "fault-catalogue, Measured: above 0.99; an exponential over the fitted range has 0.96"
    ),
    "decades": Threshold(2.0, "decades", "fault-catalogue, Measured: leak with foreign features, no normalisation"),
    "batch_share": Threshold(0.5, "of the policy's decades", "half: in a healthy run the two grow alike"),
    "points": Threshold(8, "points", "a power needs more than its two parameters after the first fifth is left out"),
}


def detect(signals: Signals) -> Finding:
    """Fire on a power law over two decades that the batch's Q does not share."""
    policy = policy_q(signals)
    if policy is None:
        return META.not_applicable(META.needs[0])
    usable = np.isfinite(policy.values) & (policy.values != 0)
    size, updates = np.abs(policy.values[usable]), updates_at(signals, policy.signal)[usable]
    course = growth(size)
    if course is None or len(size) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{policy.words} has only {len(size)} points.")
    late = updates >= updates.min() + 0.2 * np.ptp(updates)
    exponent, r2 = slope(np.log10(updates[late]), np.log10(size[late]))
    bound = _bounded_growth(signals)
    values: dict[str, Number] = {"decades": course.decades, "exponent": exponent, "r2": r2, "points": len(size)}
    span = f"from step {policy.signal.steps[0]} to {policy.signal.steps[-1]} ({len(size)} points)"
    evidence = [policy.signal.ref()]
    limit = THRESHOLDS["decades"].value
    if course.decades < limit:
        return META.pass_(
            f"{policy.words} grows by fewer decades than the limit {span}: {course.decades:.2f} against {limit:g}.",
            values=values,
            evidence=evidence,
        )
    if bound is None:
        return META.inconclusive(
            f"{policy.words} grows by {course.decades:.1f} decades {span}, and nothing shows how Q on the batch moved.",
            values=values,
        )
    tag, batch_decades = bound
    values["batch_decades"] = batch_decades
    if batch_decades > THRESHOLDS["batch_share"].value * course.decades:
        return META.pass_(
            f"{policy.words} and {tag} grow together {span}: {course.decades:.2f} against {batch_decades:.2f} decades.",
            values=values,
            evidence=evidence,
        )
    if r2 < THRESHOLDS["r2"].value or exponent <= 0:
        return META.inconclusive(
            f"{policy.words} outgrows {tag} {span}, {course.decades:.2f} against {batch_decades:.2f} decades, but not "
            f"as a power of the updates: R2 {r2:.3f} against {THRESHOLDS['r2'].value:g}.",
            values=values,
        )
    return META.fire(
        f"{policy.words} grows as the power {exponent:.1f} of the updates (R2 {r2:.3f}) {span}: "
        f"{course.decades:.2f} decades against {batch_decades:.2f} of {tag}.",
        values=values,
        evidence=evidence,
        figure=figure("Growth of the value of the policy's actions", [policy.signal]),
        onset=int(policy.signal.steps[0]),
    )


def _bounded_growth(signals: Signals) -> tuple[str, float] | None:
    """Return the tag that grew most among Q on the batch and the targets, and its decades; else the critic loss's."""
    quantity = signals.select(Quantity.Q_VALUE, role=(Role.BATCH, Role.TARGET), statistic=(*POINT, Statistic.STD))
    courses = [(signal.tag, growth(signal.values)) for signal in quantity]
    known = [(tag, course.decades) for tag, course in courses if course is not None]
    if known:
        return max(known, key=lambda pair: pair[1])
    for signal in signals.select(Quantity.LOSS, network=Network.CRITIC):
        course = growth(signal.values)
        if course is not None:
            return f"the root of {signal.tag}", course.decades / 2
    return None
