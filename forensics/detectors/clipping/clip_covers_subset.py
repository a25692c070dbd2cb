"""One part of a network obeys the clip, another grows past it.

Why it matters: a clip over `actor.parameters()` that leaves out the CNN limits half of the update.

Evidence: gradient norms of two parts of one network after clipping, or of a part and the total, and a limit.

How it can be wrong: a sum of norms exceeds the limit by up to sqrt(k) and is bounded; two limits, one a part, are
no fault.

References: identities I3, I16; fault-catalogue row clip-on-subset.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, limit_of, norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage
from forensics.signals.clips import MOST_TENSORS, PAIR_TOLERANCE, family
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="CLP107",
    name="clip-covers-subset",
    fired="The clip covers one part of the network, another grows past it",
    clear="No part of a network escapes its clip",
    group="clip-subset",
    needs=("gradient norms of two parts of one network after clipping", "clip limit"),
    leak=(1, 200),
    leak_reason="a part cannot exceed the total that a clip bounds",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "obeys": Threshold(1 + PAIR_TOLERANCE, "x limit", "I1, with room for logged noise"),
    "escapes": Threshold(MOST_TENSORS**0.5, "x limit", "beyond what a sum of norms over 64 tensors could reach (I4)"),
    "share": Threshold(0.5, "share of points", "most of the run, not a spike"),
}


def detect(signals: Signals) -> Finding:
    """Compare parts of one name family with each other and the limit."""
    parts = [norm for norm in norms(signals) if norm.meaning.clip_stage is not ClipStage.PRE]
    pairs = [
        (kept, free, limit.value)
        for kept in parts
        for free in parts
        if _siblings(kept, free) and (limit := limit_of(signals, kept.meaning.network)) is not None
    ]
    if not pairs:
        return META.not_applicable()
    for kept, free, bound in pairs:
        if _obeys(kept, bound) and _escapes(free, bound):
            values: dict[str, Number] = {"limit": bound, "median_escaping": float(np.median(free.values))}
            return META.fire(
                f"{kept.tag} stays at its limit {bound:.6g} while {free.tag} exceeds {THRESHOLDS['escapes'].value:g} "
                f"times that at most points from step {free.steps[0]} to {free.steps[-1]} ({len(free)} points): median "
                f"{np.median(free.values):.4g} against {bound:.6g}.",
                values=values,
                evidence=[kept.ref(), free.ref()],
                figure=figure("Two parts and one limit", [kept, free], limits=[("clip limit", bound)]),
                onset=int(free.steps[0]),
            )
    return META.pass_(
        "No part exceeds the limit that its sibling obeys.", evidence=[pairs[0][0].ref(), pairs[0][1].ref()]
    )


def _siblings(kept: Signal, free: Signal) -> bool:
    alike = kept.meaning.network is free.meaning.network and family(kept.tag) == family(free.tag)
    return alike and kept.tag != free.tag and kept.meaning.module is not free.meaning.module


def _obeys(norm: Signal, limit: float) -> bool:
    at_limit = np.mean(np.abs(norm.values / limit - 1) <= PAIR_TOLERANCE)
    return bool(at_limit > THRESHOLDS["share"].value and np.quantile(norm.values, 0.95) <= limit * (1 + PAIR_TOLERANCE))


def _escapes(norm: Signal, limit: float) -> bool:
    return bool(np.mean(norm.values > THRESHOLDS["escapes"].value * limit) > THRESHOLDS["share"].value)
