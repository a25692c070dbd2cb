"""Two sinks give different values of one quantity at the same steps.

Observes: series of one name from two kinds of files (event file, debug log, text log, CSV), joined on step: the
median of log(ratio) and the share of points that lie on the same side of 1.

Why it matters: each sink alone looks plausible; a conclusion drawn from the wrong one is wrong. Which of the two is
right has to be settled before anything else.

Evidence: at least five common steps.

How it can be wrong: a window mean differs from an instant value by noise, so a difference must be a factor of two
and one-sided; a constant factor is a unit (LOG110) and values that agree one record later are a shifted cadence:
neither fires here.

References: fault catalogue, sinks-disagree and unit-mismatch.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.logging.sinks import Pair, pairs
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="LOG104",
    name="sinks-disagree",
    fired="Two sinks disagree on one quantity",
    clear="The sinks agree",
    group="sinks",
    needs=("one quantity in two sinks, with five common steps",),
    leak=(2, 100),
    leak_reason="A smoothed series of a fast-growing quantity lags its instant twin; beyond a factor two it is rare.",
    how_to_log="record = values(); writer.add_scalars(record, step); log.debug(record)  # one dict for both sinks",
)
THRESHOLDS = {
    "factor": Threshold(2.0, "times", "a window mean of a positive series stays within a factor two of its values"),
    "one-sided": Threshold(0.9, "share of points", "noise falls on both sides of the other sink's value"),
    "steady": Threshold(
        1e-3, "coefficient of variation", "fault catalogue, unit-mismatch: a ratio steadier than this is a unit"
    ),
}


def detect(signals: Signals) -> Finding:
    """Compare every quantity that two sinks hold."""
    found = list(pairs(signals))
    if not found:
        return META.not_applicable()
    apart = [(pair, _factor(pair)) for pair in found if _disagree(pair)]
    if not apart:
        return META.pass_(
            f"{len(found)} quantities agree between sinks, the longest over {max(len(p.steps) for p in found)} steps.",
            evidence=[found[0].first.ref(), found[0].second.ref()],
        )
    pair, factor = max(apart, key=lambda item: abs(np.log(item[1])))
    values: dict[str, Number] = {
        "quantities": len(apart),
        "factor": factor,
        "points": len(pair.steps),
        "first": float(np.median(pair.left)),
        "second": float(np.median(pair.right)),
        "tag": pair.first.tag,
    }
    return META.fire(
        f"{pair.first.tag} ({pair.first.series.source}) over {pair.second.tag} ({pair.second.series.source}) from step "
        f"{pair.steps[0]} to {pair.steps[-1]} ({len(pair.steps)} points): ratio {factor:.4g} (median) against "
        f"{THRESHOLDS['factor'].value:g}; {len(apart)} of {len(found)} quantities disagree.",
        values=values,
        evidence=[pair.first.ref(), pair.second.ref()],
        figure=figure("One quantity in two sinks", [pair.first, pair.second]),
        onset=int(pair.steps[0]),
    )


def _factor(pair: Pair) -> float:
    return float(np.median(np.abs(pair.ratios))) if len(pair.ratios) else float("inf")


def _disagree(pair: Pair) -> bool:
    ratios = pair.ratios
    if len(ratios) < len(pair.steps) / 2:  # one of the two is zero where the other is not
        return True
    opposite = bool(np.mean(ratios < 0) >= THRESHOLDS["one-sided"].value)
    steady = float(np.std(ratios)) <= THRESHOLDS["steady"].value * abs(float(np.mean(ratios)))
    if steady or (_shifted(pair) and not opposite):
        return False
    sizes = np.log(np.abs(ratios))
    middle = float(np.median(sizes))
    one_sided = float(np.mean(np.sign(sizes) == np.sign(middle))) >= THRESHOLDS["one-sided"].value
    return opposite or (abs(middle) >= np.log(THRESHOLDS["factor"].value) and one_sided)


def _shifted(pair: Pair) -> bool:
    """Whether one sink holds the other's values, one record earlier or later."""
    later = np.isclose(pair.left[1:], pair.right[:-1], rtol=1e-3)
    earlier = np.isclose(pair.left[:-1], pair.right[1:], rtol=1e-3)
    return bool(max(later.mean(), earlier.mean()) > 0.8)
