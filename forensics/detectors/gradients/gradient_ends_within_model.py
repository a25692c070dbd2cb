"""One part of a model never has a gradient while its other parts do.

Why it matters: the loss reaches the model, so it is not the loss that is cut off. The part is frozen, the forward pass
leaves it out, or a tensor within the model is detached.

Evidence: gradient norms of two named parts of a person's own model, at five points each.

How it can be wrong: frozen backbones and embeddings are ordinary where a trained model is tuned, so a part that the
configuration says is frozen is left out.

References: PyTorch documentation, "Autograd mechanics", locally disabling gradient computation; fault-catalogue rows
module-unused-in-forward, parameters-frozen.
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import HOW_TO_LOG_NORMS, part_name, part_of
from forensics.detectors.gradients.still import freezing_declared
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Network
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD121",
    name="gradient-ends-within-model",
    fired="One part of a model never has a gradient, its other parts do",
    clear="Every part of the model has a gradient",
    group="gradient-of-parts",
    needs=("gradient norms of two parts of a model",),
    leak=(2, 100),
    leak_reason="parts are frozen on purpose now and then, and not every configuration says so",
    how_to_log=HOW_TO_LOG_NORMS,
)
THRESHOLDS = {
    "share": Threshold(ALL, "share of points that are exactly 0", "one odd batch may have a gradient"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot show a pattern"),
}


def detect(signals: Signals) -> Finding:
    """Look for a part whose norm is 0 at all points beside one whose norm never is."""
    parts = [one for one in zero_patterns(signals) if one.norm.meaning.network is Network.NONE and part_of(one.norm)[1]]
    if len({part_of(one.norm) for one in parts}) < 2:
        return META.not_applicable()
    dead = [one for one in parts if one.share >= THRESHOLDS["share"].value and one.is_zero[0]]
    alive = [one for one in parts if one.share <= 1 - THRESHOLDS["share"].value]
    evidence = [one.norm.ref() for one in (*dead[:4], *alive[:1])]
    if not dead:
        return META.pass_(f"Each of {len(parts)} parts of the model has a gradient at some point.", evidence=evidence)
    if not alive:
        return META.inconclusive(f"{dead[0].norm.tag} is 0 throughout, and no other part has a steady gradient.")
    declared = freezing_declared(signals, dead[0].norm)
    if declared:
        return META.inconclusive(f"{dead[0].norm.tag} is 0 throughout, and the configuration says so: {declared}.")
    return _fire(dead, alive[0])


def _fire(dead: list[Zeros], alive: Zeros) -> Finding:
    norm = max((one.norm for one in dead), key=len)
    return META.fire(
        f"{norm.tag} is exactly 0 from step {norm.steps[0]} to {norm.steps[-1]} ({len(norm)} points) while "
        f"{alive.norm.tag} is not: {len(dead)} part{'s' * (len(dead) > 1)} against 0.",
        values={"part": part_name(norm), "parts": len(dead)},
        evidence=[one.norm.ref() for one in (*dead[:4], alive)],
        figure=figure("Gradients of two parts", [norm, alive.norm]),
        onset=int(norm.steps[0]),
    )
