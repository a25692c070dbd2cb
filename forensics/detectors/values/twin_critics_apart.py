"""See whether the two critics have parted.

Observes:
    The running median of |Q1 - Q2| over the larger of the mean |Q| of the two and the spread of Q, above 1 for most
    of the run or at its end.

Why it matters:
    Both learn one target from one batch. If they differ by more than the values themselves, at least one has lost
    it, and the minimum of the two is governed by the one in error.

Evidence:
    Mean Q on the batch of both critics at ten points.

How it can be wrong:
    Q near zero with no logged spread; critics trained on different rewards on purpose.

References:
    fault-catalogue, twin-critics-degenerate: abs(q1 - q2) / abs(q) above 1, sustained. A Q1 loss slightly above
    that of Q2 is normal (sfujim/TD3, issue 16).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import batch_q, paired
from forensics.detectors.values.twins import NEEDS, twin_values
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Statistic
from forensics.signals.figure import figure
from forensics.signals.robust import finite, running_median
from forensics.signals.signals import Signals

META = Meta(
    code="VAL110",
    name="twin-critics-apart",
    fired="The two critics differ by more than the values themselves",
    clear="The two critics agree within the scale of the values",
    group="twin-critics",
    needs=NEEDS,
    leak=(2, 100),
    leak_reason="values near zero with no logged spread",
    how_to_log='writer.add_scalars("q", {"q1": q1.mean().item(), "q2": q2.mean().item()}, step)',
)

THRESHOLDS = {
    "ratio": Threshold(1.0, "of the scale of Q", "fault-catalogue, twin-critics-degenerate"),
    "points": Threshold(10, "points", "two windows of the running median"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the running median exceeds the limit over the run or its last third."""
    twins = twin_values(signals)
    if twins is None:
        return META.not_applicable()
    first, second = twins
    steps, one, two = paired(first, second)
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{first.tag} and {second.tag} share only {len(steps)} points.")
    scale = np.maximum((np.abs(one) + np.abs(two)) / 2, _floor(signals))
    median = running_median(np.abs(one - two) / np.maximum(scale, np.finfo(np.float64).tiny), 5)
    limit = THRESHOLDS["ratio"].value
    worst = max(float(np.median(median)), float(np.median(median[-max(1, len(median) // 3) :])))
    values: dict[str, Number] = {"ratio": worst, "limit": limit, "points": len(steps)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {worst:.3g} against {limit:g}"
    evidence = [first.ref(), second.ref()]
    if worst <= limit:
        return META.pass_(
            f"|{first.tag} - {second.tag}| over the scale of Q stays below its limit {span}.",
            values=values,
            evidence=evidence,
        )
    onset = int(steps[int(np.argmax(median > limit))])
    return META.fire(
        f"|{first.tag} - {second.tag}| over the scale of Q exceeds its limit {span}.",
        values=values,
        evidence=evidence,
        figure=figure("The two critics", [first, second], onset=onset),
        onset=onset,
    )


def _floor(signals: Signals) -> float:
    """Return the median spread of Q on the batch; 0 where it is not logged."""
    spread = next((finite(signal.values) for signal in batch_q(signals, Statistic.STD)), np.zeros(0))
    return float(np.median(spread)) if len(spread) else 0.0
