"""One part of a network obeys the clip, another grows past it.

Observes: a part that stays at its limit beside one of the same name family far above it; or, where norms before and
after the clip are logged for both, a part that the clip scales at points at which another, above the limit, keeps its
norm: clipping by the total norm multiplies every gradient that it covers by one coefficient.

Why it matters: a clip over `actor.parameters()` that leaves out the CNN limits half of the update.

Evidence: gradient norms of two parts of one network after clipping, or of a part and the total, and a limit.

How it can be wrong: a sum of norms exceeds the limit by up to sqrt(k) and is bounded; two limits, one a part, are
no fault: where the second is higher than the first, its part may keep its norm above the first.

References: identities I3, I16; fault-catalogue row clip-on-subset.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, limit_of, norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Module
from forensics.signals.align import join
from forensics.signals.clips import MOST_TENSORS
from forensics.signals.figure import figure
from forensics.signals.norms import LEAST_POINTS, PAIR_TOLERANCE, family
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
    "scaled": Threshold(0.9, "post / pre", "a coefficient that noise in the log does not make"),
    "kept": Threshold(1e-3, "|post / pre - 1|", "float32 of one number"),
}


_NEARLY_ALL = 0.95


def detect(signals: Signals) -> Finding:
    """Compare parts of one name family with each other and the limit."""
    parts = [norm for norm in norms(signals) if norm.meaning.clip_stage is not ClipStage.PRE]
    pairs = [
        (kept, free, limit.value)
        for kept in parts
        for free in parts
        if _siblings(kept, free) and (limit := limit_of(signals, kept.meaning.network)) is not None
    ]
    uneven = _unevenly_scaled(signals)
    if uneven is not None:
        return uneven
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
    above = next((free for _, free, bound in pairs if _exceeds(free, bound)), None)
    if above is not None:
        return META.inconclusive(
            f"{above.tag} exceeds the limit at most points, by no more than a sum of norms could.",
            evidence=[above.ref()],
        )
    unbounded = next((part for part in parts if _has_no_limit(signals, part, parts)), None)
    if unbounded is not None:
        return META.inconclusive(f"No limit is known for {unbounded.tag} and its siblings.", evidence=[unbounded.ref()])
    return META.pass_(
        "No part exceeds the limit that its sibling obeys.", evidence=[pairs[0][0].ref(), pairs[0][1].ref()]
    )


def _unevenly_scaled(signals: Signals) -> Finding | None:
    """Fire where the clip scales one part and leaves another of the same network as it was, above the limit."""
    found = norms(signals)
    posts = [norm for norm in found if norm.meaning.clip_stage is ClipStage.POST]
    both = [(pre, post) for post in posts for pre in found if _same_part(pre, post)]
    for pre, post in both:
        limit = limit_of(signals, post.meaning.network)
        for free_pre, free_post in both:
            apart = free_post.meaning.network is post.meaning.network and free_post.tag != post.tag
            if limit is None or not apart or free_post.meaning.module is post.meaning.module:
                continue
            steps, (before, after, free_before, free_after) = join(pre, post, free_pre, free_post)
            scaled = (before > 0) & (after < THRESHOLDS["scaled"].value * before)
            above = scaled & (free_before > THRESHOLDS["obeys"].value * limit.value)
            kept = np.abs(free_after - free_before) <= THRESHOLDS["kept"].value * free_before
            if above.sum() < LEAST_POINTS or np.mean(kept[above]) < _NEARLY_ALL:
                continue
            if above.sum() <= THRESHOLDS["share"].value * scaled.sum():
                continue
            values: dict[str, Number] = {"limit": limit.value, "median_escaping": float(np.median(free_after[above]))}
            return META.fire(
                f"At {int(above.sum())} of {len(steps)} points from step {steps[0]} to {steps[-1]} the clip scales "
                f"{post.tag} (to {np.median(after[above] / before[above]):.3g} of {pre.tag}, median) and leaves "
                f"{free_post.tag} as it was: median {values['median_escaping']:.4g} against {limit.value:.6g}.",
                values=values,
                evidence=[post.ref(), free_post.ref(), pre.ref(), free_pre.ref()],
                figure=figure("Two parts and one limit", [post, free_post], limits=[("clip limit", limit.value)]),
                onset=int(steps[int(np.argmax(above))]),
            )
    return None


def _same_part(pre: Signal, post: Signal) -> bool:
    fields = ("network", "module", "member", "role")
    alike = all(getattr(pre.meaning, name) == getattr(post.meaning, name) for name in fields)
    return alike and pre.meaning.clip_stage is ClipStage.PRE and post.meaning.module is not Module.WHOLE


def _siblings(kept: Signal, free: Signal) -> bool:
    alike = kept.meaning.network is free.meaning.network and family(kept.tag) == family(free.tag)
    return alike and kept.tag != free.tag and kept.meaning.module is not free.meaning.module


def _obeys(norm: Signal, limit: float) -> bool:
    at_limit = np.mean(np.abs(norm.values / limit - 1) <= PAIR_TOLERANCE)
    return bool(at_limit > THRESHOLDS["share"].value and np.quantile(norm.values, 0.95) <= limit * (1 + PAIR_TOLERANCE))


def _escapes(norm: Signal, limit: float) -> bool:
    return bool(np.mean(norm.values > THRESHOLDS["escapes"].value * limit) > THRESHOLDS["share"].value)


def _exceeds(norm: Signal, limit: float) -> bool:
    return bool(np.mean(norm.values > THRESHOLDS["obeys"].value * limit) > THRESHOLDS["share"].value)


def _has_no_limit(signals: Signals, part: Signal, parts: list[Signal]) -> bool:
    return limit_of(signals, part.meaning.network) is None and any(_siblings(part, other) for other in parts)
