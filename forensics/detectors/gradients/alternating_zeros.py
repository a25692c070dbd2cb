"""A gradient norm or a loss is exactly 0 at every k-th logged point only.

Why it matters: zeros that alternate with values are read on steps without an update of that network (a delayed
policy update, a dictionary logged before it is filled), not from a dead network.

Evidence: a gradient norm or a loss with exact zeros and values in a fixed rhythm.

How it can be wrong: points dropped from the log hide the rhythm; the detector then stays silent.

References: fault-catalogue row logged-on-non-update-step; Fujimoto 2018 (delayed policy updates).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, gradient_norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD102",
    name="alternating-zeros",
    fired="A gradient or a loss is logged as exactly 0 at a fixed rhythm",
    clear="No gradient and no loss shows zeros at a fixed rhythm",
    group="gradient-zero-pattern",
    needs=("gradient norm or loss of a network or module",),
    leak=(1, 200),
    leak_reason="a fixed rhythm of exact zeros needs a schedule",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "agreement": Threshold(0.95, "share of points that fit the rhythm", "one point in twenty may be a dead batch"),
    "points": Threshold(12, "points", "six periods of two: chance below 2^-10"),
    "longest_period": Threshold(10, "points", "policy delays and logging intervals in use are 2 to 10"),
}


def detect(signals: Signals) -> Finding:
    """Look for the period that explains the zeros of a norm or a loss."""
    least = int(THRESHOLDS["points"].value)
    looked = [one for one in [*gradient_norms(signals, least), *signals.select(Quantity.LOSS)] if len(one) >= least]
    if not looked:
        return META.not_applicable()
    for one in looked:
        is_zero = np.asarray(one.values == 0.0)
        period = _period(is_zero)
        if period is not None:
            count = int(is_zero.sum())
            return META.fire(
                f"{one.tag} is exactly 0 at {count} of {len(one)} points from step {one.steps[0]} to "
                f"{one.steps[-1]}, in a rhythm of {period} points: logged on steps without an update.",
                values={"period": period, "zeros": count, "points": len(one)},
                evidence=[one.ref()],
                figure=figure("Zeros in a rhythm", [one]),
            )
    return META.pass_(
        f"None of {len(looked)} gradient norms and losses has zeros in a rhythm.",
        evidence=[one.ref() for one in looked[:4]],
    )


def _period(is_zero: np.ndarray) -> int | None:
    if not 0.05 < is_zero.mean() < 0.95:
        return None
    for period in range(2, int(THRESHOLDS["longest_period"].value) + 1):
        phases = [is_zero[phase::period] for phase in range(period)]
        fits = sum(max(int(phase.sum()), len(phase) - int(phase.sum())) for phase in phases)
        mixed = {bool(phase.mean() > 0.5) for phase in phases}
        if len(mixed) == 2 and len(phases[-1]) >= 4 and fits >= THRESHOLDS["agreement"].value * len(is_zero):
            return period
    return None
