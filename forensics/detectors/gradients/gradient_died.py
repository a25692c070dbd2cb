"""A gradient that was alive became exactly 0 for good.

Why it matters: a path that worked and then closed is saturation (tanh at its bounds) or the death of units (ReLU),
not a wiring fault, which would have been there from the first update.

Evidence: a gradient norm that is above 0 at first and exactly 0 afterwards; or a norm that is 0 at all points while
its parameters moved before they stood still.

How it can be wrong: training that ended early while logging went on also ends in zeros, of all networks together.

References: Xu & Glorot on tanh saturation; Lu 2019 on dying ReLU; fault-catalogue rows tanh-saturation, dead-units.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, part_name
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Network
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD112",
    name="gradient-died",
    fired="A gradient that was alive became exactly 0 for good",
    clear="No gradient died",
    group="gradient-zero-onset",
    needs=("gradient norm of a network or module",),
    leak=(1, 150),
    leak_reason="an exact zero for half the run, in one network alone, does not happen in healthy training",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "late_share": Threshold(
        ALL, "share of exact zeros in the second half", "a dead path stays dead, one odd batch aside"
    ),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot show an onset"),
}


def detect(signals: Signals) -> Finding:
    """Look for a norm whose second half is zero and that was alive before."""
    patterns = zero_patterns(signals)
    if not patterns:
        return META.not_applicable()
    # An encoder may be taken out of training on purpose while the networks on top of it go on.
    dead = [z for z in patterns if z.late_share >= ALL and z.norm.meaning.network is not Network.ENCODER]
    if len(dead) == len(patterns) and len(patterns) > 1:
        return META.inconclusive("Every gradient norm is 0 in the second half: training as a whole may have ended.")
    died = [zeros for zeros in dead if not zeros.moves and (_alive_at_first(zeros) or zeros.moved_early)]
    unknown = [zeros for zeros in dead if zeros.parameter is None and not _alive_at_first(zeros)]
    if not died and unknown:
        return META.inconclusive(
            f"{unknown[0].norm.tag} is 0 at all points; that it was alive before is not known without its parameters."
        )
    if not died:
        return META.pass_("No gradient norm fell to exactly 0 for good.", evidence=[z.norm.ref() for z in patterns])
    worst = max(died, key=_alive_at_first)
    if _alive_at_first(worst):
        position = worst.onset or 0
        how = f"{worst.norm.tag} was {float(worst.norm.values[~worst.is_zero].max()):.3g} at first and"
    else:
        position = 0
        how = f"{worst.parameter.tag if worst.parameter else ''} moved and then stood still, and {worst.norm.tag}"
    step = int(worst.norm.steps[position])
    return META.fire(
        f"{how} is exactly 0 from step {step} on ({int(worst.is_zero[position:].sum())} points).",
        values={"part": part_name(worst.norm), "share": worst.share},
        evidence=[worst.norm.ref(position), *([worst.parameter.ref()] if worst.parameter else [])],
        figure=figure(f"Gradient norm of the {part_name(worst.norm)}", [worst.norm], onset=step),
        onset=step,
    )


def _alive_at_first(zeros: Zeros) -> bool:
    return bool(np.any(~zeros.is_zero[: max(1, len(zeros.is_zero) // 2)]))
