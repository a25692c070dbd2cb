"""Norms named post-clip that no clip bounds."""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import limit_of, total_norms
from forensics.model.meaning import ClipStage, Reduction
from forensics.signals.align import join
from forensics.signals.signals import Signal, Signals

ABOVE = 1.1  # x limit: beyond logged noise (the recorder's own alarm for "clipping failed")
MOSTLY = 0.5  # share of points above the limit; an active clip leaves none
EQUAL = 1e-3  # relative difference of two logged copies of one number


def unclipped_posts(signals: Signals) -> list[tuple[Signal, float]]:
    """Return total norms named post-clip that stand above their limit at most points, with that limit.

    One that differs from the norm named pre-clip is left out: it is no norm before the clip, whatever it is.
    """
    found = []
    for norm in total_norms(signals):
        limit = limit_of(signals, norm.meaning.network)
        named = norm.meaning.clip_stage is ClipStage.POST and not norm.is_established("clip_stage")
        if limit is None or not named or norm.meaning.reduction is Reduction.SUM_OF_L2:
            continue
        if np.mean(norm.values > ABOVE * limit.value) > MOSTLY and not differs_from_pre(signals, norm):
            found.append((norm, limit.value))
    return found


def equal_twin(signals: Signals, norm: Signal) -> Signal | None:
    """Return the norm named pre-clip of the same network that is equal to this one point by point, or None."""
    return next((twin for twin, equal in _twins(signals, norm) if equal), None)


def differs_from_pre(signals: Signals, norm: Signal) -> bool:
    """Whether norms named pre-clip of the same network are logged, and this one equals none of them."""
    twins = _twins(signals, norm)
    return bool(twins) and not any(equal for _, equal in twins)


def _twins(signals: Signals, norm: Signal) -> list[tuple[Signal, bool]]:
    """Return the total norms named pre-clip of the same network, and whether each is equal point by point."""
    found = []
    for other in total_norms(signals):
        named = other.claims.get("clip_stage", other.meaning.clip_stage)
        if other.tag != norm.tag and other.meaning.network is norm.meaning.network and named == ClipStage.PRE:
            steps, (post, pre) = join(norm, other)
            if len(steps) >= 5:
                found.append((other, bool(np.mean(np.abs(post - pre) <= EQUAL * np.abs(pre)) > 0.95)))
    return found
