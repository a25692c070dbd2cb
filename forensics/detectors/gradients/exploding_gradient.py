"""A gradient norm that no clip bounds grows by decades.

Why it matters: an unbounded gradient that grows with the updates shows an objective without a maximum, whatever the
optimizer makes of it. A norm measured after clipping cannot show it, however large the gradient is.

Evidence: a gradient norm established as taken before clipping, or one that no clip bounds.

How it can be wrong: gradients grow when returns grow; two decades are far beyond that.

References: Pascanu 2013 on exploding gradients; fault-catalogue "Measured".
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import gradient_norms, part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage
from forensics.signals.figure import figure
from forensics.signals.growth import Growth, growth
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="GRD106",
    name="exploding-gradient",
    fired="An unclipped gradient norm grows by decades",
    clear="No gradient norm explodes",
    group="gradient-size",
    needs=("gradient norm before clipping",),
    leak=(2, 100),
    leak_reason="gradients of healthy critics grow with the returns, by less than two decades",
    how_to_log="total = clip_grad_norm_(actor.parameters(), c)  # returns the norm before clipping: log it",
)
THRESHOLDS = {
    "decades": Threshold(2.0, "log10(end / start)", "healthy archived and planted runs stay under 1.3"),
    "points": Threshold(10, "points", "a trend of fewer is chance"),
}


def detect(signals: Signals) -> Finding:
    """Measure the growth of every norm that is not taken after clipping."""
    least = int(THRESHOLDS["points"].value)
    raw = [norm for norm in gradient_norms(signals, least) if norm.meaning.clip_stage is not ClipStage.POST]
    grown = [(norm, how) for norm in raw if (how := growth(norm.values)) is not None]
    if not grown:
        return META.not_applicable()
    norm, most = max(grown, key=lambda pair: pair[1].decades)
    values: dict[str, Number] = {"start": most.start, "end": most.end, "decades": most.decades, "part": part_name(norm)}
    statement = (
        f"{norm.tag} goes from {most.start:.3g} to {most.end:.3g} from step {norm.steps[0]} to {norm.steps[-1]} "
        f"({len(norm)} points): {most.decades:.1f} decades against {THRESHOLDS['decades'].value:g}."
    )
    if most.decades >= THRESHOLDS["decades"].value and most.goes_on:
        onset = _onset(norm, most)
        shown = figure(f"Gradient norm of the {part_name(norm)}", [norm], onset=onset)
        return META.fire(statement, values=values, evidence=[norm.ref()], figure=shown, onset=onset)
    return META.pass_(statement, values=values, evidence=[norm.ref()])


def _onset(norm: Signal, most: Growth) -> int:
    """Return the first step at which the norm is ten times its start."""
    above = (norm.values > 10 * most.start).nonzero()[0]
    return int(norm.steps[above[0]]) if len(above) else int(norm.steps[0])
