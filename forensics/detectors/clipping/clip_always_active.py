"""The clip cuts the gradient by more than tenfold at nearly every update.

Why it matters: a limit far below the gradient that always occurs makes every update one of fixed length: the clip
has become a normalisation. Under Adam it then changes nothing at all.

Evidence: the clip coefficient, or the norm before clipping and the limit.

How it can be wrong: nothing; a limit set low by design shows the same and may be healthy (IMPALA clips at 40).

References: Zhang 2020 on clipping as normalisation; fault-catalogue row clip-irrelevant-under-adam.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, limit_of, total_norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="CLP105",
    name="clip-always-active",
    fired="The clip cuts nearly every gradient by more than tenfold",
    clear="The clip does not cut every gradient by tenfold",
    group="clip-activity",
    needs=("gradient norm before clipping and clip limit, or clip coefficient",),
    leak=(4, 100),
    leak_reason="some healthy set-ups clip hard by design",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "excess": Threshold(10.0, "pre / c", "fault-catalogue: clip-irrelevant-under-adam"),
    "share": Threshold(0.95, "share of points", "fault-catalogue: in more than 95 % of steps"),
    "points": Threshold(5, "points", "fewer cannot show a habit"),
}


def detect(signals: Signals) -> Finding:
    """Measure how far the gradient exceeds the limit, network by network."""
    known = _excesses(signals)
    if not known:
        return META.not_applicable()
    signal, excess = max(known, key=lambda pair: float(np.quantile(pair[1], 0.05)))
    share = float(np.mean(excess > THRESHOLDS["excess"].value))
    middle = float(np.median(excess))
    statement = (
        f"The gradient exceeds its limit more than {THRESHOLDS['excess'].value:g}-fold at {share:.0%} of {len(excess)} "
        f"points from step {signal.steps[0]} to {signal.steps[-1]} ({signal.tag}): median {middle:.3g}-fold."
    )
    values: dict[str, Number] = {"share": share, "median": middle, "network": signal.meaning.network.value}
    if share < THRESHOLDS["share"].value:
        return META.pass_(statement, values=values, evidence=[signal.ref()])
    shown = figure("How hard the clip cuts", [signal])
    return META.fire(statement, values=values, evidence=[signal.ref()], figure=shown, onset=int(signal.steps[0]))


def _excesses(signals: Signals) -> list[tuple[Signal, Array]]:
    """Return pre / c at each point, from clip coefficients and from norms established or named as pre-clip."""
    least = int(THRESHOLDS["points"].value)
    found = []
    for ratio in signals.select(Quantity.CLIP_COEFFICIENT):
        usable = ratio.values[ratio.values > 0]
        if len(usable) >= least:
            found.append((ratio, 1 / usable))
    for norm in total_norms(signals, least):
        limit = limit_of(signals, norm.meaning.network)
        if limit is not None and norm.meaning.clip_stage is ClipStage.PRE:
            found.append((norm, norm.values[np.isfinite(norm.values)] / limit.value))
    return found
