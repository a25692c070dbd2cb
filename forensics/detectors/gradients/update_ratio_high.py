"""The update of a network is large against its parameters, update after update.

Why it matters: a step of a hundredth of the parameters rewrites the network within a hundred updates; values and
policies then chase each other. The size of the step is what a learning rate does, whatever the gradient.

Evidence: the norm of the parameters' change in one update over the norm of the parameters.

How it can be wrong: freshly initialised biases and very small networks start high and settle; only a ratio that
stays high for most of the run counts.

References: Karpathy's CS231n notes (about 1e-3 is right, 1e-2 is high); You 2017 (LARS) on the same ratio.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

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
    return META.fire(statement, values=values, evidence=[worst.ref()], figure=shown, onset=onset)
