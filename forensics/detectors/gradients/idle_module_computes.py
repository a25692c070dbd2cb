"""A module without any gradient takes part in the forward pass: its activations were seen.

Why it matters: a module that the forward pass never calls has no gradient either; what computes is called, and its
gradient is cut behind it.

Evidence: a gradient norm that is exactly 0 throughout, and dead-unit or saturation shares of the same module.

How it can be wrong: shares of a module that is called for a metric alone.

References: fault-catalogue rows module-unused-in-forward and loss-detached-from-parameters.
"""

from __future__ import annotations

from forensics.detectors.gradients.parts import part_of
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module, Network, Quantity
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="GRD115",
    name="idle-module-computes",
    fired="A module without gradient takes part in the forward pass",
    clear="No module is without gradient",
    group="module-called",
    needs=("gradient norm of a module", "dead-unit or saturation share of the same module"),
    leak=(1, 2),
    leak_reason="true of every module that is cut off, whatever cut it: it tells causes apart and accuses none",
    how_to_log='rec.watch(actor, "actor")  # forensics.recorder sees the activations of a watched module',
)
THRESHOLDS = {
    "share": Threshold(ALL, "share of points that are exactly 0", "one odd batch may have a gradient"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot show a pattern"),
}


def detect(signals: Signals) -> Finding:
    """Look for activations of a module whose gradient is 0 throughout."""
    patterns = zero_patterns(signals)
    if not patterns:
        return META.not_applicable(META.needs[0])
    idle = [zeros for zeros in patterns if zeros.share >= ALL]
    if not idle:
        return META.pass_("Every gradient norm is above 0 at some point.", evidence=[patterns[0].norm.ref()])
    for zeros in idle:
        seen = _activations(signals, zeros)
        if seen is not None:
            return META.fire(
                f"{zeros.norm.tag} is exactly 0 at all {len(zeros.norm)} points from step {zeros.norm.steps[0]} to "
                f"{zeros.norm.steps[-1]}, yet {seen.tag} was measured in the forward pass at {len(seen)} points.",
                values={"points": len(seen)},
                evidence=[zeros.norm.ref(), seen.ref()],
            )
    return META.not_applicable(META.needs[1])


def _activations(signals: Signals, zeros: Zeros) -> Signal | None:
    """Return a share of the same module; a network's own share speaks for its head."""
    own = zeros.norm.meaning
    modules = (own.module,) if own.module is Module.CNN else (own.module, Module.WHOLE, Module.MLP)
    shares = [
        share
        for quantity in (Quantity.DEAD_UNIT_SHARE, Quantity.SATURATION_SHARE)
        for share in signals.select(quantity, network=own.network, module=modules)
    ]
    if own.network is Network.NONE:
        shares = [share for share in shares if part_of(share) == part_of(zeros.norm)]
    return max((share for share in shares if share.meaning.role is own.role), key=len, default=None)
