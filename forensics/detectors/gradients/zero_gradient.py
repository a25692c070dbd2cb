"""A gradient norm is exactly 0 at many points running while its parameters stand still.

Why it matters: parameters without a gradient do not learn. A norm of exactly 0 is no small gradient but a cut path:
a saturated tanh (1 - tanh^2 is exactly 0 in float32 from a pre-activation of 9.1), dead units, a detached tensor.

Evidence: a gradient norm of any network or module; the statistic of its parameters, where logged.

How it can be wrong: an encoder that is detached by design (DrQ-v2, SAC+AE) has gradient 0 and is healthy, so the
gradient of an actor's CNN alone never fires this. A norm logged between updates shows zeros at some points only.

References: fault-catalogue "Measured" (both gradients 0 under plain tanh saturation); Kostrikov 2021 (DrQ).
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, part_name
from forensics.detectors.gradients.zeros import LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module, Network
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD101",
    name="zero-gradient",
    fired="A gradient is exactly 0 for good",
    clear="No gradient is exactly 0 for good",
    group="gradient-zero",
    needs=("gradient norm of a network or module",),
    leak=(1, 100),
    leak_reason="an exact float zero over many updates needs a cut path; by-design cuts are left out",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "points": Threshold(
        LEAST_POINTS, "points running", "a batch without gradient is rare; five in a row have a common reason"
    ),
}


def detect(signals: Signals) -> Finding:
    """Look for a norm that is 0 from some point to the end."""
    patterns = zero_patterns(signals)
    if not patterns:
        return META.not_applicable()
    dead = [zeros for zeros in patterns if _is_dead(zeros)]
    if not dead:
        lively = ", ".join(sorted({part_name(zeros.norm) for zeros in patterns}))
        return META.pass_(f"No gradient norm is 0 to the end ({lively}).", evidence=[z.norm.ref() for z in patterns])
    worst = max(dead, key=lambda zeros: zeros.share)
    onset = worst.onset or 0
    step, count = int(worst.norm.steps[onset]), int(worst.is_zero[onset:].sum())
    still = f"; {worst.parameter.tag} stands still" if worst.parameter is not None else ""
    return META.fire(
        f"{worst.norm.tag} is exactly 0 from step {step} to {int(worst.norm.steps[-1])} ({count} points){still}.",
        values={"points": count, "share": worst.share, "part": part_name(worst.norm)},
        evidence=[worst.norm.ref(onset), *([worst.parameter.ref()] if worst.parameter else [])],
        figure=figure(f"Gradient norm of the {part_name(worst.norm)}", [worst.norm], onset=step),
        onset=step,
    )


def _is_dead(zeros: Zeros) -> bool:
    own = zeros.norm.meaning.module is not Module.CNN and zeros.norm.meaning.network is not Network.ENCODER
    return own and zeros.onset is not None and not zeros.moves
