"""A clip is configured or claimed, yet the norm after it equals the norm before it, above the limit.

Why it matters: clipping that the configuration promises and the update does not get.

Evidence: total norms named pre- and post-clip that are equal above the limit; no series that shows the clip at work.

How it can be wrong: a pre-clip norm logged under both names (clip_grad_norm_ returns it) looks the same; only a
witness (clip coefficient, update norms, the source) tells them apart.

References: identity I1; fault-catalogue rows clip-missing, pre-clip-norm-named-post-clip, step-before-clip.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, limit_of, norms
from forensics.detectors.clipping.unclipped import ABOVE, EQUAL, MOSTLY, equal_twin, unclipped_posts
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="CLP106",
    name="clip-not-applied",
    fired="No series shows the promised clip at work",
    clear="The promised clip is applied",
    group="clip-bound",
    needs=("total gradient norm after clipping", "clip limit"),
    leak=(1, 200),
    leak_reason="violates I1 in every series there is",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "above": Threshold(ABOVE, "x limit", "beyond logged noise"),
    "share": Threshold(MOSTLY, "share of points above the limit", "an active clip leaves none"),
    "equal": Threshold(EQUAL, "|post - pre| / pre", "float32 of one number"),
}


def detect(signals: Signals) -> Finding:
    """Look for unclipped values under a post-clip name and for nothing that says otherwise."""
    promised = [
        norm
        for norm in norms(signals)
        if norm.meaning.clip_stage is ClipStage.POST and limit_of(signals, norm.meaning.network) is not None
    ]
    if not promised:
        return META.not_applicable()
    working = [norm for norm in promised if norm.is_established("clip_stage") and np.median(norm.values) > 0]
    if working:
        return META.pass_(
            f"{working[0].tag} is bounded by a clip: {working[0].how['clip_stage']}.", evidence=[working[0].ref()]
        )
    suspects = unclipped_posts(signals)
    if not suspects:
        return META.inconclusive("Norms named post-clip never reach their limit: the clip had nothing to do.")
    norm, limit = suspects[0]
    twin = equal_twin(signals, norm)
    against = f" and equals {twin.tag}" if twin else ""
    values: dict[str, Number] = {
        "limit": limit,
        "median": float(np.median(norm.values)),
        "equals_pre": bool(twin),
    }
    return META.fire(
        f"{norm.tag} exceeds {limit:.6g} at {np.mean(norm.values > limit):.0%} of {len(norm)} points from step "
        f"{norm.steps[0]} to {norm.steps[-1]}{against}: median {np.median(norm.values):.4g} against {limit:.6g}.",
        values=values,
        evidence=[norm.ref(), *([twin.ref()] if twin else [])],
        figure=figure("A norm named post-clip and the clip limit", [norm], limits=[("clip limit", limit)]),
        onset=int(norm.steps[0]),
    )
