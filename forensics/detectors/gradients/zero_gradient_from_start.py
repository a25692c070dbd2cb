"""A gradient norm is exactly 0 from the first logged update on, and its parameters never moved.

Why it matters: a saturated or dead network had a gradient once and lost it. A gradient that never was means that
the loss cannot reach the parameters: a detached tensor, a wrong tensor, a module the forward pass does not call.

Evidence: a gradient norm of any network or module; the statistic of its parameters, where logged: if it moved
before it stood still, the gradient was alive before the first logged point.

How it can be wrong: without parameter statistics a network that saturated before the first logged point looks the
same, so that then only a log that begins with the first ten updates counts. A CNN cut off by design is left out.

References: fault-catalogue rows loss-detached-from-parameters, module-unused-in-forward, tanh-saturation.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, part_name
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module
from forensics.signals.figure import figure
from forensics.signals.signals import Signals
from forensics.signals.updates import updates_at

META = Meta(
    code="GRD111",
    name="zero-gradient-from-start",
    fired="A gradient is exactly 0 from the first update, and its parameters never moved",
    clear="Every gradient was alive at some time",
    group="gradient-zero-onset",
    needs=("gradient norm of a network or module",),
    leak=(1, 200),
    leak_reason="needs a path that was never there; by-design cuts of a CNN are left out",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "share": Threshold(ALL, "share of points that are exactly 0", "one odd batch may have a gradient"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot show a pattern"),
    "first updates": Threshold(10, "updates", "saturation takes tens of updates even at extreme learning rates"),
}


def detect(signals: Signals) -> Finding:
    """Look for a norm that is 0 at all points while its parameters are constant throughout."""
    patterns = [zeros for zeros in zero_patterns(signals) if zeros.norm.meaning.module is not Module.CNN]
    if not patterns:
        return META.not_applicable()
    dead = [zeros for zeros in patterns if zeros.share >= ALL and zeros.is_zero[0]]
    never = [zeros for zeros in dead if _never_moved(zeros) or _logged_at_once(signals, zeros)]
    if never:
        worst = max(never, key=lambda zeros: (zeros.parameter is not None, len(zeros.norm)))
        return _fire(worst)
    open_ = [zeros for zeros in dead if zeros.parameter is None]
    if open_:
        return META.inconclusive(
            f"{open_[0].norm.tag} is 0 at all points from step {int(open_[0].norm.steps[0])} on; whether it was alive "
            "before is not known without its parameters.",
            evidence=[open_[0].norm.ref()],
        )
    if dead and dead[0].parameter is not None:
        return META.pass_(
            f"{dead[0].norm.tag} is 0 at all points, but {dead[0].parameter.tag} moved: the gradient was alive before "
            "the first point.",
            evidence=[dead[0].norm.ref()],
        )
    return META.pass_("Every gradient norm is above 0 at some point.", evidence=[z.norm.ref() for z in patterns])


def _never_moved(zeros: Zeros) -> bool:
    return zeros.parameter is not None and float(np.ptp(zeros.parameter.values)) == 0


def _logged_at_once(signals: Signals, zeros: Zeros) -> bool:
    """Whether the log begins with the first updates, so that nothing can have died before it."""
    first = updates_at(signals, zeros.norm)[0]
    return zeros.parameter is None and bool(first <= THRESHOLDS["first updates"].value)


def _fire(worst: Zeros) -> Finding:
    known = worst.parameter is not None
    proof = f"{worst.parameter.tag} is bit-constant" if worst.parameter else "the log begins with the first updates"
    return META.fire(
        f"{worst.norm.tag} is exactly 0 from its first point at step {int(worst.norm.steps[0])} on "
        f"({int(worst.is_zero.sum())} of {len(worst.norm)} points); {proof}.",
        values={"part": part_name(worst.norm), "points": len(worst.norm), "parameters_logged": known},
        evidence=[worst.norm.ref(), *([worst.parameter.ref()] if worst.parameter else [])],
        figure=figure(f"Gradient norm of the {part_name(worst.norm)}", [worst.norm]),
        onset=int(worst.norm.steps[0]),
    )
