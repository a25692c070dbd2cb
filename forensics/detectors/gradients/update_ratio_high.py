"""The update of a network is large against its parameters, update after update.

Why it matters: a step of a hundredth of the parameters rewrites the network within a hundred updates; values and
policies then chase each other. The size of the step is what a learning rate does, whatever the gradient.

Evidence: the norm of the parameters' change in one update over the norm of the parameters.

How it can be wrong: freshly initialised biases and very small networks start high and settle; only a ratio that
stays high for most of the run counts. Where the parts of one model are logged apart, the smallest of them may stay a
little above the limit while all others are below: one rate moves them all, so that this weighs little.

References: Karpathy's CS231n notes (about 1e-3 is right, 1e-2 is high); You 2017 (LARS) on the same ratio.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="GRD108",
    name="update-ratio-high",
    fired="Updates are large against the parameters",
    clear="Updates are small against the parameters",
    group="update-size",
    needs=("update norm over parameter norm",),
    leak=(2, 100),
    leak_reason="Adam at 1e-3 on networks of 64 units stays near 2e-3 in healthy planted runs",
    how_to_log=(
        "before = [p.detach().clone() for p in actor.parameters()]; optimizer.step(); ratio = "
        "torch.stack([(p - b).norm() for p, b in zip(actor.parameters(), before)]).norm() / total_norm  # log it"
    ),
)
THRESHOLDS = {
    "ratio": Threshold(1e-2, "update norm / parameter norm", "CS231n: about 1e-3 is right, 1e-2 is high"),
    "share": Threshold(0.5, "share of points", "sustained, not a spike at the start"),
    "points": Threshold(5, "points", "fewer cannot show that it lasts"),
}

NEAR = 3.0  # x limit
LEAK_OF_PART = (15.0, 100.0)  # the head of a small classifier under SGD does so, and learns (measured)


def detect(signals: Signals) -> Finding:
    """Count the points above the threshold, network by network."""
    ratios = [signal for signal in signals.select(Quantity.UPDATE_RATIO) if len(signal) >= THRESHOLDS["points"].value]
    if not ratios:
        return META.not_applicable()
    limit = THRESHOLDS["ratio"].value
    worst = max(ratios, key=lambda signal: float(np.nanmedian(signal.values)))
    share = float(np.mean(worst.values > limit))
    middle = float(np.nanmedian(worst.values))
    statement = (
        f"{worst.tag} exceeds {limit:g} at {share:.0%} of {len(worst)} points from step {worst.steps[0]} to "
        f"{worst.steps[-1]}: median {middle:.3g} against {limit:g}."
    )
    values: dict[str, Number] = {"median": middle, "share": share, "part": part_name(worst)}
    if share < THRESHOLDS["share"].value:
        return META.pass_(statement, values=values, evidence=[worst.ref()])
    onset = int(worst.steps[np.flatnonzero(worst.values > limit)[0]])
    shown = figure("Update norm over parameter norm", [worst], limits=[("high", limit)], onset=onset)
    return META.fire(
        statement, values=values, evidence=[worst.ref()], figure=shown, onset=onset, leak=_leak(worst, ratios)
    )


def _leak(worst: Signal, ratios: Sequence[Signal]) -> tuple[float, float] | None:
    """Return a weaker leak where one part of a person's own model is little above the limit, and others below."""
    limit = THRESHOLDS["ratio"].value
    if worst.meaning.network is not Network.NONE or float(np.nanmedian(worst.values)) >= NEAR * limit:
        return None
    parts = [one for one in ratios if one.meaning.network is Network.NONE]
    return LEAK_OF_PART if any(0 < float(np.nanmedian(one.values)) < limit for one in parts) else None
