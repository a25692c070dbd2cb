"""A module has a gradient, yet its parameters are bit-constant while others move.

Why it matters: a gradient that moves nothing is never applied: the optimizer does not hold these parameters, or
holds them with a learning rate of 0.

Evidence: the gradient norm of a module and the parameter statistic (or update ratio) of the same module.

How it can be wrong: parameter statistics of a copy (a target network) under the name of the trained one.

References: fault-catalogue rows parameters-missing-from-optimizer, parameters-frozen.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import gradient_norms, part_name, part_of
from forensics.detectors.gradients.still import HOW_TO_LOG_PARAMETERS, LEAST_POINTS, still_and_moving
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD107",
    name="gradient-without-update",
    fired="A module has a gradient, yet its parameters never move",
    clear="Parameters with a gradient move",
    group="parameters-still",
    needs=("gradient norm of a module", "parameter statistic or update ratio of the same module"),
    leak=(1, 300),
    leak_reason="contradicts the definition of an optimizer step",
    how_to_log=HOW_TO_LOG_PARAMETERS,
)
THRESHOLDS = {
    "alive": Threshold(0.9, "share of points with a gradient above 0", "delayed updates may log a zero now and then"),
    "points": Threshold(LEAST_POINTS, "points", "five equal floats in a row are no coincidence"),
}


def detect(signals: Signals) -> Finding:
    """Match gradients that are alive with parameters that are still."""
    norms = gradient_norms(signals, LEAST_POINTS)
    still, moving = still_and_moving(signals)
    still += [
        ratio
        for ratio in signals.select(Quantity.UPDATE_RATIO)
        if len(ratio) >= LEAST_POINTS and not ratio.values.any()
    ]
    known = {part_of(signal) for signal in [*still, *moving, *signals.select(Quantity.UPDATE_RATIO)]}
    matched = [norm for norm in norms if part_of(norm) in known]
    if not matched:
        return META.not_applicable()
    for norm in matched:
        alive = float(np.mean(norm.values > 0))
        for signal in still:
            if part_of(signal) == part_of(norm) and alive >= THRESHOLDS["alive"].value:
                return META.fire(
                    f"{norm.tag} is above 0 at {alive:.0%} of {len(norm)} points (median {np.median(norm.values):.3g}) "
                    f"while {signal.tag} is constant at {signal.values[0]:.6g}.",
                    values={"part": part_name(norm), "alive": alive},
                    evidence=[norm.ref(), signal.ref()],
                    figure=figure("A gradient, and parameters that stand still", [norm, signal]),
                    onset=int(norm.steps[0]),
                )
    return META.pass_(
        "Modules with a gradient have parameters that move.", evidence=[norm.ref() for norm in matched[:4]]
    )
