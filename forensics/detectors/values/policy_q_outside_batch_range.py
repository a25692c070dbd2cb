"""See whether the value of the policy's actions lies outside the range of values on the same batch.

Observes:
    Mean Q(s, pi(s)) above the batch's largest Q(s, a), or below its smallest, by more than one standard deviation.

Why it matters:
    The same critic values the same states; only the bounded action differs. A mean outside the range of single
    values means that the critic is asked about something it was not trained on: other features, or far actions.

Evidence:
    Mean Q of the policy's actions, lowest and highest Q on the batch, and the spread of Q (a quarter of the range
    stands in for it). Window means do not weaken it: a mean of means stays within the mean of the ranges.

How it can be wrong:
    Very small batches have narrow ranges. Early in training, before Q has any spread, the range is a point.

References:
    fault-catalogue, "Measured": never outside with native features, in 33 re-simulated pixel TD3 runs.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import PolicyQ, batch_q, paired, policy_q
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Statistic
from forensics.signals.figure import figure
from forensics.signals.robust import first_run
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="VAL102",
    name="policy-q-outside-batch-range",
    fired="The mean value of the policy's actions lies outside the range of values on the same batch",
    clear="The mean value of the policy's actions lies within the range of values on the batch",
    group="policy-q",
    needs=("mean Q of the policy's actions", "lowest Q on the batch", "highest Q on the batch"),
    leak=(1, 300),
    leak_reason="a mean outside the range of single values by a standard deviation; none in 33 healthy runs",
    how_to_log='writer.add_scalars("debug/q1", {"min": q1.min().item(), "max": q1.max().item()}, step)',
)

THRESHOLDS = {
    "excess": Threshold(1.0, "standard deviations of Q on the batch", "fault-catalogue, Measured"),
    "share": Threshold(0.25, "of the points", "a quarter: a start before Q has any spread passes sooner"),
    "points": Threshold(5, "points", "one outlier or two must not decide"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the mean lies outside by more than the limit at a quarter of the points, three of them running."""
    policy, low, high = (
        policy_q(signals),
        batch_q(signals, Statistic.MIN),
        batch_q(signals, Statistic.MAX),
    )
    if policy is None or not low or not high:
        have = (policy, low, high)
        return META.not_applicable(*[need for need, known in zip(META.needs, have, strict=True) if not known])
    return _compare(policy, low[0], high[0], batch_q(signals, Statistic.STD))


def _compare(policy: PolicyQ, low: Signal, high: Signal, spreads: list[Signal]) -> Finding:
    steps, own, lowest = paired(policy.signal, low)
    same, _, highest = paired(policy.signal, high)
    shared, left, right = np.intersect1d(steps, same, return_indices=True)
    if len(shared) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{policy.words}, {low.tag} and {high.tag} share only {len(shared)} points.")
    own, lowest, highest = policy.sign * own[left], lowest[left], highest[right]
    spread = (highest - lowest) / 4
    for logged in spreads[:1]:
        spread = np.interp(shared, logged.steps, np.nan_to_num(logged.values))
    excess = np.maximum(own - highest, lowest - own) / np.maximum(spread, np.finfo(np.float64).tiny)
    outside = excess > THRESHOLDS["excess"].value
    share, limit = float(outside.mean()), THRESHOLDS["excess"].value
    start = first_run(outside, 3)
    worst = float(np.median(excess[outside])) if outside.any() else float(excess.max())
    values: dict[str, Number] = {"excess": worst, "share_of_points": share, "points": len(shared)}
    span = f"from step {shared[0]} to {shared[-1]} ({len(shared)} points)"
    evidence = [policy.signal.ref(), low.ref(), high.ref()]
    if share < THRESHOLDS["share"].value or start is None:
        return META.pass_(
            f"{policy.words} lies within {low.tag} to {high.tag} at {1 - share:.0%} of the points {span}: "
            f"{worst:.3g} standard deviations outside at most, against {limit:g}.",
            values=values,
            evidence=evidence,
        )
    onset = int(shared[start])
    return META.fire(
        f"{policy.words} lies outside {low.tag} to {high.tag} at {share:.0%} of the points {span}: by {worst:.3g} "
        f"standard deviations of Q against {limit:g}.",
        values=values,
        evidence=evidence,
        figure=figure(
            "Q of the policy's actions and the range of Q on the batch", [policy.signal, low, high], onset=onset
        ),
        onset=onset,
    )
