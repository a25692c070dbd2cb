"""A module that never moves and has no gradient was not seen in the forward pass either.

Why it matters: a module whose path to the loss is cut still computes; one that computes nothing is not called at all.

Evidence: gradient norm and parameter statistic of a module, and the dead-unit or saturation shares of other modules of
its kind: where those are measured for one encoder and not for the other, the other was not called.

How it can be wrong: a module without rectifier, tanh or sigmoid has no shares to measure, so one of another kind (an
encoder without activations beside one with them) looks the same.

References: fault-catalogue rows module-unused-in-forward and loss-detached-from-parameters.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.gradients.zeros import ALL, LEAST_POINTS, Zeros, zero_patterns
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="GRD120",
    name="idle-module-unseen",
    fired="A module without gradient was never seen in the forward pass",
    clear="Every module takes part in the forward pass",
    group="module-called",
    needs=(
        "gradient norm and parameter statistic of an encoder or head",
        "dead-unit or saturation shares of modules of its kind",
    ),
    leak=(1, 500),
    leak_reason="a module that is measured, never moves, has no gradient and no activations beside others that have",
    how_to_log='rec.watch(actor.encoder, "actor_cnn")  # forensics.recorder sees the activations of a watched module',
)
THRESHOLDS = {
    "share": Threshold(ALL, "share of points that are exactly 0", "one odd batch may have a gradient"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot show a pattern"),
}
SHARES = (Quantity.DEAD_UNIT_SHARE, Quantity.SATURATION_SHARE)
PARTS = (Module.CNN, Module.MLP)  # a whole network's shares speak of its parts


def detect(signals: Signals) -> Finding:
    """Look for an idle module without activations beside a module of its kind that has them."""
    patterns = [zeros for zeros in zero_patterns(signals) if zeros.norm.meaning.module in PARTS and zeros.parameter]
    if not patterns:
        return META.not_applicable(META.needs[0])
    seen = [share for quantity in SHARES for share in signals.select(quantity) if share.meaning.role is not Role.TARGET]
    compared = [(zeros, peer) for zeros in patterns if (peer := _peer(zeros, seen)) is not None]
    if not compared:
        return META.not_applicable(META.needs[1])
    for zeros, peer in compared:
        if zeros.share >= ALL and _stands(zeros) and not _is_seen(zeros, seen):
            return _fire(zeros, peer)
    return META.pass_(
        f"Each of {len(compared)} modules has a gradient, moves or was seen in the forward pass.",
        evidence=[zeros.norm.ref() for zeros, _ in compared[:4]],
    )


def _fire(zeros: Zeros, peer: Signal) -> Finding:
    assert zeros.parameter is not None
    norm, parameter = zeros.norm, zeros.parameter
    return META.fire(
        f"{norm.tag} is exactly 0 and {parameter.tag} bit-constant from step {norm.steps[0]} to {norm.steps[-1]} "
        f"({len(norm)} points), and its activations were measured at none, while {peer.tag} was at {len(peer)}.",
        values={"part": part_name(norm), "points": len(norm)},
        evidence=[norm.ref(), parameter.ref(), peer.ref()],
        figure=figure(f"Gradient norm of the {part_name(norm)}", [norm]),
        onset=int(norm.steps[0]),
    )


def _stands(zeros: Zeros) -> bool:
    return zeros.parameter is not None and float(np.ptp(zeros.parameter.values)) == 0


def _peer(zeros: Zeros, seen: list[Signal]) -> Signal | None:
    """Return a share of a module of the same kind in another network, of the same source as the gradient."""
    own = zeros.norm.meaning
    peers = [
        share
        for share in seen
        if share.meaning.module is own.module
        and share.meaning.network is not own.network
        and share.series.source == zeros.norm.series.source
    ]
    return max(peers, key=len, default=None)


def _is_seen(zeros: Zeros, seen: list[Signal]) -> bool:
    """Whether any share of this module was measured; a network's own share speaks for its head."""
    own = zeros.norm.meaning
    modules = (own.module,) if own.module is Module.CNN else (own.module, Module.WHOLE)
    return any(share.meaning.network is own.network and share.meaning.module in modules for share in seen)
