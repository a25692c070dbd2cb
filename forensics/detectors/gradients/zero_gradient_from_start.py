"""A gradient norm is exactly 0 from the first logged update on, and its parameters never moved.

Why it matters: a saturated or dead network had a gradient once and lost it. A gradient that never was means that
the loss cannot reach the parameters: a detached tensor, a wrong tensor, a module the forward pass does not call.

Evidence: a gradient norm of any network or module; the statistic of its parameters, where logged: if it moved
before it stood still, the gradient was alive before the first logged point.

How it can be wrong: without parameter statistics a network that saturated before the first logged point looks the
same. A CNN cut off by design is left out.

References: fault-catalogue rows loss-detached-from-parameters, module-unused-in-forward, tanh-saturation.
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, part_name
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

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
}


def detect(signals: Signals) -> Finding:
    """Look for a norm that is 0 at all points while its parameters are constant throughout."""
    patterns = [zeros for zeros in zero_patterns(signals) if zeros.norm.meaning.module is not Module.CNN]
    if not patterns:
        return META.not_applicable()
    dead = [zeros for zeros in patterns if zeros.share >= ALL and zeros.is_zero[0]]
    never = [
        z for z in dead if not z.moves and not z.moved_early and (z.parameter is None or not _moved(z.parameter.values))
    ]
    if never:
        worst = max(never, key=lambda zeros: (zeros.parameter is not None, len(zeros.norm)))
        known = worst.parameter is not None
        proof = f"{worst.parameter.tag} is bit-constant" if worst.parameter else "its parameters are not logged"
        return META.fire(
            f"{worst.norm.tag} is exactly 0 from its first point at step {int(worst.norm.steps[0])} on "
            f"({int(worst.is_zero.sum())} of {len(worst.norm)} points); {proof}.",
            values={"part": part_name(worst.norm), "points": len(worst.norm), "parameters_logged": known},
            evidence=[worst.norm.ref(), *([worst.parameter.ref()] if worst.parameter else [])],
            figure=figure(f"Gradient norm of the {part_name(worst.norm)}", [worst.norm]),
            onset=int(worst.norm.steps[0]),
        )
    if dead:
        worst = dead[0]
        tag = worst.parameter.tag if worst.parameter else worst.norm.tag
        return META.pass_(
            f"{worst.norm.tag} is 0 at all points, but {tag} moved: the gradient was alive before the first point.",
            evidence=[worst.norm.ref()],
        )
    return META.pass_("Every gradient norm is above 0 at some point.", evidence=[z.norm.ref() for z in patterns])


def _moved(values: object) -> bool:
    import numpy as np

    return bool(np.ptp(np.asarray(values)) > 0)
