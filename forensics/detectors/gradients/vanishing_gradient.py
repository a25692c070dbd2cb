"""A gradient norm falls by decades without reaching exactly 0.

Why it matters: a network whose gradient shrinks by orders of magnitude stops learning long before its loss says so:
saturation on its way, or a path through too many small factors.

Evidence: a gradient norm of any network or module before clipping (or one that no clip bounds).

How it can be wrong: a supervised loss that converges takes its gradient along, and so does a learning-rate schedule
that ends at 0; four decades are beyond both, in the runs seen.

References: Hochreiter 1991; Glorot & Bengio 2010; fault-catalogue "Measured".
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, gradient_norms, part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.robust import thirds
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="GRD105",
    name="vanishing-gradient",
    fired="A gradient norm vanishes by decades",
    clear="No gradient norm vanishes",
    group="gradient-size",
    needs=("gradient norm of a network or module",),
    leak=(3, 100),
    leak_reason="convergence shrinks gradients too, rarely by so much",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "decades": Threshold(4.0, "log10(first third / last third)", "Beyond convergence: under 3 in healthy planted runs"),
    "points": Threshold(10, "points", "a trend of fewer is chance"),
}


def detect(signals: Signals) -> Finding:
    """Compare the medians of the first and the last third."""
    norms = gradient_norms(signals, int(THRESHOLDS["points"].value))
    falls = [(norm, fall) for norm in norms if (fall := _fall(norm)) is not None]
    if not falls:
        return META.not_applicable()
    norm, (start, end, decades) = max(falls, key=lambda pair: pair[1][2])
    statement = (
        f"{norm.tag} goes from {start:.3g} (median of the first third) to {end:.3g} (last third) from step "
        f"{norm.steps[0]} to {norm.steps[-1]} ({len(norm)} points): {decades:.1f} decades down against "
        f"{THRESHOLDS['decades'].value:g}."
    )
    values: dict[str, Number] = {"start": start, "end": end, "decades": decades, "part": part_name(norm)}
    if decades < THRESHOLDS["decades"].value:
        return META.pass_(statement, values=values, evidence=[norm.ref()])
    low = (norm.values < start / 100).nonzero()[0]
    onset = int(norm.steps[low[0]]) if len(low) else int(norm.steps[-1])
    shown = figure(f"Gradient norm of the {part_name(norm)}", [norm], onset=onset)
    return META.fire(statement, values=values, evidence=[norm.ref()], figure=shown, onset=onset)


def _fall(norm: Signal) -> tuple[float, float, float] | None:
    """Return the medians of the first and last third and the decades between them; None where either is 0."""
    first, _, last = thirds(np.abs(norm.values[np.isfinite(norm.values)]))
    if len(first) < 3 or np.median(first) <= 0 or np.median(last) <= 0:
        return None
    start, end = float(np.median(first)), float(np.median(last))
    return start, end, float(np.log10(start / end))
