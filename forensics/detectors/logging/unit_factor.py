"""Two series of one quantity differ by a constant factor.

Observes: series of one name from two sinks, joined on step, whose ratio is steady to 1e-3 and not 1.

Why it matters: a unit (km/h and m/s), a scale (255, 1 / batch, the reward scale) or a sum taken for a mean: every
threshold that was chosen for the one is wrong for the other.

Evidence: at least five common steps of a quantity that varies.

How it can be wrong: both may be right and say so in their units; then the tags should carry the unit.

References: fault catalogue, unit-mismatch (coefficient of variation of the ratio below 1e-3).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.logging.sinks import Pair, pairs
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="LOG110",
    name="unit-factor",
    fired="Two series of one quantity differ by a constant factor",
    clear="No constant factor between sinks",
    group="sinks",
    needs=("one quantity in two sinks, with five common steps",),
    leak=(1, 100),
    leak_reason="A ratio that steady does not arise by chance; units that are stated are left out.",
    how_to_log='writer.add_scalar("progress/speed_mps", speed, env_step)  # the unit in the name',
)
THRESHOLDS = {
    "steady": Threshold(1e-3, "coefficient of variation", "fault catalogue, unit-mismatch"),
    "factor": Threshold(0.02, "relative", "a text log rounds to three digits: closer to 1 than this is rounding"),
    "variation": Threshold(0.01, "coefficient of variation", "the ratio of two constants is always steady"),
}


def detect(signals: Signals) -> Finding:
    """Look for a steady ratio other than one."""
    found = list(pairs(signals))
    if not found:
        return META.not_applicable()
    for pair in found:
        factor = _constant_factor(pair)
        if factor is None:
            continue
        return META.fire(
            f"{pair.first.tag} ({pair.first.series.source}) is {factor:.6g} times {pair.second.tag} "
            f"({pair.second.series.source}) from step {pair.steps[0]} to {pair.steps[-1]} ({len(pair.steps)} points): "
            f"variation of the ratio {_variation(pair.ratios):.1e} against {THRESHOLDS['steady'].value:g}.",
            values={"factor": factor, "points": len(pair.steps), "tag": pair.first.tag},
            evidence=[pair.first.ref(), pair.second.ref()],
            figure=figure("One quantity in two sinks", [pair.first, pair.second]),
            onset=int(pair.steps[0]),
        )
    return META.pass_(f"{len(found)} quantities of two sinks have no constant factor.", evidence=[found[0].first.ref()])


def _constant_factor(pair: Pair) -> float | None:
    units = pair.first.meaning.unit, pair.second.meaning.unit
    if (all(units) and units[0] != units[1]) or len(pair.ratios) < 5:
        return None
    if min(_variation(pair.left), _variation(pair.right)) < THRESHOLDS["variation"].value:
        return None
    factor = float(np.median(pair.ratios))
    steady = _variation(pair.ratios) < THRESHOLDS["steady"].value
    return factor if steady and abs(factor - 1) > THRESHOLDS["factor"].value else None


def _variation(values: np.ndarray) -> float:
    size = float(np.mean(np.abs(values)))
    return float(np.std(values)) / size if size > 0 else 0.0
