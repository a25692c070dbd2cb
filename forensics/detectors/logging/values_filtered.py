"""Non-finite values were kept out of the log.

Observes: steps at which one tag is NaN or infinite and a loss of the same source, logged at those steps before, has
no record.

Why it matters: a filter turns a divergence into a gap; the loss curve looks clean to its last point.

Evidence: a tag with non-finite values, and a loss of the same source.

How it can be wrong: a program may skip the whole record of a failed update, and say so.

References: transformers.TrainingArguments, logging_nan_inf_filter (on by default); fault catalogue,
nan-filtered-from-logs.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOG109",
    name="values-filtered",
    fired="Non-finite values were filtered from the log",
    clear="No sign of filtered values",
    group="repeats",
    needs=("loss of at least ten records",),
    leak=(1, 100),
    leak_reason="Needs a loss that is missing exactly where another tag is non-finite.",
    how_to_log="logging_nan_inf_filter: false",
)
THRESHOLDS = {
    "share": Threshold(0.8, "share of the non-finite steps", "a filter drops nearly all of them"),
    "points": Threshold(3, "points", "fewer are chance"),
}
EPISODIC = (Quantity.EPISODIC_RETURN, Quantity.EPISODE_LENGTH, Quantity.SUCCESS_RATE, Quantity.EXPLAINED_VARIANCE)


def detect(signals: Signals) -> Finding:
    """Look for losses that are missing where other tags are non-finite."""
    losses = [one for one in signals.select(Quantity.LOSS) if len(one) >= 10]
    if not losses:
        return META.not_applicable()
    for other in signals.signals:
        if other.meaning.quantity in EPISODIC:
            continue
        bad = other.steps[~np.isfinite(other.values)]
        if len(bad) < THRESHOLDS["points"].value:
            continue
        for loss in losses:
            share = _missing(loss, other, bad)
            if share >= THRESHOLDS["share"].value:
                return _fire(loss, other, int(bad[0]), int(bad[-1]), len(bad), share)
    return META.pass_(f"No loss of {len(losses)} is missing where another tag is non-finite.")


def _fire(loss: Signal, other: Signal, first: int, last: int, points: int, share: float) -> Finding:
    values: dict[str, Number] = {"loss": loss.tag, "other": other.tag, "share": share, "points": points}
    return META.fire(
        f"{loss.tag} has no record where {other.tag} is non-finite from step {first} to {last} ({points} points): "
        f"{share:.0%} against {THRESHOLDS['share'].value:.0%}.",
        values=values,
        evidence=[loss.ref(), other.ref()],
        onset=first,
    )


def _missing(loss: Signal, other: Signal, bad: np.ndarray) -> float:
    """Return the share of the bad steps that the loss lacks, if it holds the other tag's good steps; else 0."""
    if loss.series.source != other.series.source or loss is other:
        return 0.0
    good = other.steps[np.isfinite(other.values)]
    if len(good) < 10 or np.mean(np.isin(good, loss.steps)) < 0.9:
        return 0.0
    return 1.0 - float(np.mean(np.isin(bad, loss.steps)))
