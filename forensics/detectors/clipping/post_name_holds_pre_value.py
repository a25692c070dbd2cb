"""A series named post-clip holds the norm before clipping.

Why it matters: clip_grad_norm_ returns the norm before clipping. Logged as "after", it makes working clipping look
broken.

Evidence: a norm named post-clip that equals the norm named pre-clip point by point above the limit, while an honest
witness (a clip coefficient below 1, another norm bounded by the clip) shows that the clip is applied.

How it can be wrong: without a witness a missing clip looks exactly the same; then both readings stay open.

References: PyTorch documentation of clip_grad_norm_ (returns the total norm before clipping); pytorch issue 1032.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, limit_of, norms
from forensics.detectors.clipping.unclipped import ABOVE, EQUAL, MOSTLY, differs_from_pre, unclipped_posts
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="CLP104",
    name="post-name-holds-pre-value",
    fired="A norm named post-clip holds the value before clipping, while the clip is applied",
    clear="No norm named post-clip is shown to hold the value before clipping",
    group="norm-formula",
    needs=("gradient norm named post-clip", "clip limit", "witness of the clip (a coefficient or a bounded norm)"),
    leak=(1, 200),
    leak_reason="violates I1 beside a series that obeys it",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "above": Threshold(ABOVE, "x limit", "beyond logged noise"),
    "share": Threshold(MOSTLY, "share of points above the limit", "an active clip leaves none"),
    "equal": Threshold(EQUAL, "|post - pre| / pre", "float32 of one number"),
}


def detect(signals: Signals) -> Finding:
    """Look for unclipped values under a post-clip name beside a witness that the clip is applied."""
    claimed = [norm for norm in norms(signals) if norm.claims.get("clip_stage") == ClipStage.POST]
    limited = [norm for norm in claimed if limit_of(signals, norm.meaning.network) is not None]
    if not limited:
        return META.not_applicable()
    suspects = unclipped_posts(signals)
    for norm, limit in [*_established_as_pre(signals, limited), *suspects]:
        witness = _witness(signals, norm, limit)
        if witness is not None:
            values: dict[str, Number] = {"limit": limit, "median": float(np.median(norm.values))}
            return META.fire(
                f"{norm.tag} has a median of {np.median(norm.values):.4g} against a limit of {limit:.6g} from step "
                f"{norm.steps[0]} to {norm.steps[-1]} ({len(norm)} points), yet {witness.tag} shows that the clip is "
                "applied: it holds the norm before clipping.",
                values=values,
                evidence=[norm.ref(), witness.ref()],
                figure=figure("A norm named post-clip and the clip limit", [norm], limits=[("clip limit", limit)]),
                onset=int(norm.steps[0]),
            )
    if suspects:
        return META.inconclusive(
            f"{suspects[0][0].tag} stands above its limit, and no other series shows whether the clip is applied.",
            evidence=[suspects[0][0].ref()],
        )
    return META.pass_("Norms named post-clip stay at their limits.", evidence=[norm.ref() for norm in limited[:4]])


def _established_as_pre(signals: Signals, named_post: list[Signal]) -> list[tuple[Signal, float]]:
    """Return the norms whose name says post and whose numbers prove pre."""
    found = []
    for norm in named_post:
        limit = limit_of(signals, norm.meaning.network)
        is_pre = norm.meaning.clip_stage is ClipStage.PRE and norm.is_established("clip_stage")
        if limit is not None and is_pre and not differs_from_pre(signals, norm):
            found.append((norm, limit.value))
    return found


def _witness(signals: Signals, norm: Signal, limit: float) -> Signal | None:
    """Return a series of the same network that shows the clip at work."""
    for ratio in signals.select(Quantity.CLIP_COEFFICIENT, network=norm.meaning.network):
        if np.mean(ratio.values < 1 / ABOVE) > MOSTLY:
            return ratio
    for other in norms(signals):
        same = other.meaning.network is norm.meaning.network and other.tag != norm.tag
        bounded = other.meaning.clip_stage is ClipStage.POST and other.is_established("clip_stage")
        if same and bounded and float(np.max(other.values)) <= limit * ABOVE and np.median(other.values) > 0:
            return other
    return None
