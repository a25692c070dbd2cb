"""Norms named post-clip that no clip bounds."""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import limit_of, total_norms
from forensics.model.meaning import ClipStage, Reduction
from forensics.signals.signals import Signal, Signals

ABOVE = 1.1  # x limit: beyond logged noise (the recorder's own alarm for "clipping failed")
MOSTLY = 0.5  # share of points above the limit; an active clip leaves none
EQUAL = 1e-3  # relative difference of two logged copies of one number


def unclipped_posts(signals: Signals) -> list[tuple[Signal, float]]:
    """Return total norms named post-clip that stand above their limit at most points, with that limit."""
    found = []
    for norm in total_norms(signals):
        limit = limit_of(signals, norm.meaning.network)
        named = norm.meaning.clip_stage is ClipStage.POST and not norm.is_established("clip_stage")
        if limit is None or not named or norm.meaning.reduction is Reduction.SUM_OF_L2:
            continue
        if np.mean(norm.values > ABOVE * limit.value) > MOSTLY:
            found.append((norm, limit.value))
    return found
