"""A gradient norm is, or falls, so low that the optimizer makes nothing of it, without being exactly 0 throughout.

Why it matters: a network whose gradient shrinks by orders of magnitude stops learning long before its loss says so:
saturation on its way, or a path through too many small factors.

Evidence: a gradient norm of any network or module before clipping (or one that no clip bounds).

How it can be wrong: a supervised loss that converges takes its gradient along, and so does a learning-rate schedule
that ends at 0; four decades are beyond both, in the runs seen.

References: Hochreiter 1991; Glorot & Bengio 2010; Kingma & Ba 2015 (Adam divides by sqrt(v) + 1e-8: elements below
that epsilon hardly move a parameter).
"""

from __future__ import annotations

from dataclasses import dataclass

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
    "decades": Threshold(4.0, "log10(first third / last third)", "beyond convergence: under 3 in healthy planted runs"),
    "floor": Threshold(1e-6, "norm", "Adam's epsilon 1e-8 an element, times sqrt of 10,000 parameters"),
    "points": Threshold(10, "points", "a trend of fewer is chance"),
}


def detect(signals: Signals) -> Finding:
    """Compare the level of the last third with the optimizer's floor and with the first third."""
    norms = gradient_norms(signals, int(THRESHOLDS["points"].value))
    levels = [(norm, level) for norm in norms if (level := _level(norm)) is not None]
    if not levels:
        return META.not_applicable()
    norm, level = max(levels, key=lambda pair: (pair[1].vanished, pair[1].decades))
    span = f"from step {norm.steps[0]} to {norm.steps[-1]} ({len(norm)} points)"
    if level.end <= THRESHOLDS["floor"].value:
        statement = (
            f"{norm.tag} is at or below the optimizer's floor in the last third {span}: median {level.end:.3g} against "
            f"{THRESHOLDS['floor'].value:g}."
        )
    else:
        statement = (
            f"{norm.tag} goes from {level.start:.3g} (median of the first third) to {level.end:.3g} (last third) "
            f"{span}: {level.decades:.1f} decades down against {THRESHOLDS['decades'].value:g}."
        )
    part = part_name(norm)
    values: dict[str, Number] = {"start": level.start, "end": level.end, "decades": level.decades, "part": part}
    if not level.vanished:
        return META.pass_(statement, values=values, evidence=[norm.ref()])
    low = np.flatnonzero(norm.values <= max(level.start / 100, THRESHOLDS["floor"].value))
    onset = int(norm.steps[low[0]]) if len(low) else int(norm.steps[-1])
    shown = figure(f"Gradient norm of the {part}", [norm], onset=onset)
    return META.fire(statement, values=values, evidence=[norm.ref()], figure=shown, onset=onset)


@dataclass(frozen=True)
class Level:
    """Medians of a norm's first and last third."""

    start: float
    end: float

    @property
    def decades(self) -> float:
        """Decades from the first to the last, levels below the floor counted as the floor."""
        floor = THRESHOLDS["floor"].value
        return float(np.log10(max(self.start, floor) / max(self.end, floor)))

    @property
    def vanished(self) -> bool:
        return self.end <= THRESHOLDS["floor"].value or self.decades >= THRESHOLDS["decades"].value


def _level(norm: Signal) -> Level | None:
    """Return the norm's level; None where it is 0 throughout (an observation of its own)."""
    values = np.abs(norm.values[np.isfinite(norm.values)])
    first, _, last = thirds(values)
    if len(first) < 3 or not values.any():
        return None
    return Level(float(np.median(first)), float(np.median(last)))
