"""A gradient norm is bounded by a clip.

Why it matters: this is what working clipping looks like, and it is often taken for its opposite. A loss that
explodes does not show that clipping failed: the clip bounds the gradient, not the loss, and under Adam not even the
step.

Evidence: gradient norms whose clip stage was established as post: min(pre, c), a constant ceiling, or steady while
the loss spans decades.

How it can be wrong: a gradient that is steady by itself while the loss falls by decades (a scale-free loss).

References: PyTorch documentation of clip_grad_norm_; identities I1, I6, I16.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Network
from forensics.signals.clips import LOSS_DECADES, STEADY_RATIO
from forensics.signals.figure import figure
from forensics.signals.growth import growth
from forensics.signals.norms import LEAST_POINTS, PAIR_TOLERANCE
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="CLP102",
    name="norm-pinned-at-limit",
    fired="A gradient norm is bounded by a clip: clipping works",
    clear="No gradient norm is bounded by a clip",
    group="clip-bound",
    needs=("gradient norm of a network or module",),
    leak=(30, 100),
    leak_reason="no fault at all: any healthy run that clips shows it",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "steady": Threshold(STEADY_RATIO, "95 % / 5 % quantile", "unclipped norms follow their loss, by decades"),
    "decades": Threshold(LOSS_DECADES, "decades of the loss", "a loss must have moved for steadiness to mean anything"),
    "pair": Threshold(PAIR_TOLERANCE, "|post - min(pre, c)| / c", "exact in float32; wide enough for logged noise"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot tell a steady norm from luck"),
}


def detect(signals: Signals) -> Finding:
    """Collect the norms that interpretation established as taken after clipping."""
    known = norms(signals)
    if not known:
        return META.not_applicable()
    bounded = [n for n in known if n.meaning.clip_stage is ClipStage.POST and n.is_established("clip_stage")]
    alive = [norm for norm in bounded if np.median(norm.values) > 0]
    if alive:
        return _bounded(signals, alive)
    spans = [(norm, how.decades) for norm in known if (how := growth(norm.values)) is not None]
    widest = max(spans, key=lambda pair: pair[1], default=None)
    if widest is not None and widest[1] >= LOSS_DECADES:
        norm, decades = widest
        return META.pass_(
            f"{norm.tag} grows by {decades:.1f} decades from step {norm.steps[0]} to {norm.steps[-1]} ({len(norm)} "
            "points): no clip bounds it where it is measured.",
            evidence=[norm.ref()],
        )
    return META.inconclusive(
        "The gradient norms neither show a ceiling nor grow beyond one.", evidence=[known[0].ref()]
    )


def _bounded(signals: Signals, alive: list[Signal]) -> Finding:
    first = alive[0]
    networks = sorted({n.meaning.network.value for n in alive if n.meaning.network is not Network.NONE})
    limits = [(name, signals.number(f"clip_limit.{name}")) for name in networks]
    values: dict[str, Number] = {f"limit_{name}": limit for name, limit in limits if limit is not None}
    low, high = float(np.min(first.values)), float(np.max(first.values))
    return META.fire(
        f"{first.tag} lies between {low:.4g} and {high:.4g} from step {first.steps[0]} to {first.steps[-1]} "
        f"({len(first)} points): {first.how.get('clip_stage', 'bounded by a clip')}.",
        values={**values, "networks": ", ".join(networks), "lowest": low, "highest": high},
        evidence=[norm.ref() for norm in alive],
        figure=figure(
            "Gradient norms after clipping",
            alive[:4],
            limits=[(f"clip limit, {name}", limit) for name, limit in limits if limit is not None],
        ),
        onset=int(first.steps[0]),
    )
