"""The actor's CNN has a gradient while its MLP has none.

Why it matters: the actor's loss reaches the CNN through the MLP. If the MLP's gradient is 0 (or a thousandth), no
gradient passes it, so the CNN's comes along another path: the critic's observation input (identity I8).

Evidence: the gradient norms of the actor's CNN and of its MLP at the same points, three points running. Whether
they are taken before or after clipping does not matter: a clip scales both alike.

How it can be wrong: an auxiliary loss (reconstruction, contrastive) that trains the actor's CNN on purpose, or an
MLP norm read after zero_grad.

References: fault-catalogue identity I8; re-simulation of 49 runs: fired on 16 of 16 with the leak, 0 of 33 without.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, gradient_norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Module, Network
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.robust import first_run
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="GRD104",
    name="gradient-path-contradiction",
    fired="The actor's CNN has a gradient that cannot have come through its MLP",
    clear="The actor's CNN gradient can come through its MLP",
    group="gradient-path",
    needs=("gradient norm of the actor's CNN", "gradient norm of the actor's MLP"),
    leak=(1, 200),
    leak_reason="0 of 33 re-simulated runs without the leak; room for auxiliary losses",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "ratio": Threshold(
        1e-3, "MLP norm / CNN norm", "re-simulation of 49 pixel TD3 runs: separates 16 with from 33 without"
    ),
    "alive": Threshold(1e-9, "CNN norm", "re-simulation: below it both gradients have vanished together"),
    "points": Threshold(3, "points running", "re-simulation: one point may be a dead batch"),
}


def detect(signals: Signals) -> Finding:
    """Compare the two norms at every shared point."""
    norms = [norm for norm in gradient_norms(signals, least=3) if norm.meaning.network is Network.ACTOR]
    cnns = [norm for norm in norms if norm.meaning.module is Module.CNN]
    mlps = [norm for norm in norms if norm.meaning.module is Module.MLP]
    pairs = [(cnn, mlp) for cnn in cnns for mlp in mlps if _same_stage(cnn, mlp)]
    if not pairs:
        return META.not_applicable()
    findings = [_compare(cnn, mlp) for cnn, mlp in pairs]
    return next((finding for finding in findings if finding.status == "fired"), findings[0])


def _same_stage(cnn: Signal, mlp: Signal) -> bool:
    stages = {cnn.meaning.clip_stage, mlp.meaning.clip_stage}
    return len(stages - {ClipStage.UNKNOWN}) <= 1


def _compare(cnn: Signal, mlp: Signal) -> Finding:
    steps, (outer, inner) = join(cnn, mlp)
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{cnn.tag} and {mlp.tag} share only {len(steps)} points.")
    broken = (inner < THRESHOLDS["ratio"].value * outer) & (outer > THRESHOLDS["alive"].value)
    onset = first_run(broken, int(THRESHOLDS["points"].value))
    count, zeros = int(broken.sum()), int((inner == 0).sum())
    values: dict[str, Number] = {
        "points": len(steps),
        "contradictions": count,
        "exact_zeros": zeros,
        "median_cnn": float(np.median(outer)),
        "median_mlp": float(np.median(inner)),
    }
    evidence = [cnn.ref(), mlp.ref()]
    if onset is None:
        low = float(np.median(inner / np.maximum(outer, 1e-300)))
        return META.pass_(
            f"{mlp.tag} is at least {THRESHOLDS['ratio'].value:g} of {cnn.tag} or both vanish (median ratio {low:.3g}, "
            f"{len(steps)} points).",
            values=values,
            evidence=evidence,
        )
    return META.fire(
        f"{mlp.tag} is below {THRESHOLDS['ratio'].value:g} of {cnn.tag} from step {steps[onset]} on ({count} of "
        f"{len(steps)} points, exactly 0 at {zeros}): median {np.median(inner):.3g} against {np.median(outer):.4g}. "
        "The CNN's gradient has another path than the actor's MLP.",
        values=values,
        evidence=evidence,
        figure=figure("Gradient norms of the actor's two parts", [cnn, mlp], onset=int(steps[onset])),
        onset=int(steps[onset]),
    )
