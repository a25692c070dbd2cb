"""A series repeats its values bit for bit: an old number is logged again.

Observes: a loss, value or error that changes only at every k-th record, or that stands still from some record to the
end, while other such series change at the same steps.

Why it matters: what looks like a current number is an old one; half of the points of the curve carry nothing, and a
frozen tail hides what happened.

Evidence: a float series of at least twenty records and a second one that varies beside it.

How it can be wrong: a converged number is never bit-equal, but a constant input is: so learning rates, counts,
targets, zeros, whole numbers, parameters, bounded norms and rollout means (which repeat while no episode ends) are
left out.

References: fault catalogue, stale-metric (exact repeats, period = policy delay or whole tail).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="LOG107",
    name="stale-repeats",
    fired="Old values are logged again",
    clear="Values are fresh at each record",
    group="repeats",
    needs=("two loss or value series of at least twenty records",),
    leak=(2, 100),
    leak_reason="Losses of continuous networks do not repeat bit for bit unless they are logged again.",
    how_to_log='if updated: writer.add_scalar("train/actor_loss", actor_loss, env_step)',
)
THRESHOLDS = {
    "period share": Threshold(0.9, "share of runs of equal values", "a period, not chance repeats of a coarse number"),
    "periods": Threshold(10, "runs of equal values", "ten equal runs in a row do not happen by chance"),
    "tail share": Threshold(0.3, "share of the series", "fault catalogue, stale-metric: the whole tail"),
    "tail points": Threshold(10, "points", "ten equal floats in a series that varied"),
}
FRESH = (Quantity.LOSS, Quantity.TD_ERROR, Quantity.Q_VALUE, Quantity.STATE_VALUE, Quantity.ADVANTAGE, Quantity.KL)


@dataclass(frozen=True)
class _Stale:
    signal: Signal
    start: int
    period: int


def detect(signals: Signals) -> Finding:
    """Look for periodic repeats and for frozen tails."""
    known = [one for quantity in FRESH for one in signals.select(quantity) if len(one) >= 20]
    floats = [one for one in known if one.meaning.role is not Role.TARGET and _is_float(one.values)]
    if len(floats) < 2:
        return META.not_applicable()
    found = [stale for one in floats for stale in (_stale(one),) if stale is not None]
    held = [stale for stale in found if _others_move(stale, floats)]
    if not held:
        return META.pass_(f"No value of {len(floats)} loss or value series is logged twice over.")
    stale = max(held, key=lambda one: len(one.signal) - one.start)
    onset = int(stale.signal.steps[stale.start])
    points = len(stale.signal) - stale.start
    kind = f"repeats each value {stale.period} times" if stale.period else "stands still bit for bit"
    values: dict[str, Number] = {
        "tag": stale.signal.tag,
        "period": stale.period,
        "points": points,
        "tags": len(held),
        "to_the_end": stale.period == 0,
    }
    against = THRESHOLDS["periods"] if stale.period else THRESHOLDS["tail points"]
    return META.fire(
        f"{stale.signal.tag} {kind} from step {onset} to {stale.signal.steps[-1]} ({points} points) while other series "
        f"change: {points // max(stale.period, 1)} {against.unit} against {against.value:g}.",
        values=values,
        evidence=[one.signal.ref(one.start, -1) for one in held[:5]],
        figure=figure("Repeated values", [stale.signal], onset=onset),
        onset=onset,
    )


def _is_float(values: Array) -> bool:
    finite = values[np.isfinite(values)]
    return len(np.unique(finite)) >= 4 and not bool(np.all(finite == np.round(finite)))


def _stale(signal: Signal) -> _Stale | None:
    changes = np.flatnonzero(signal.values[1:] != signal.values[:-1]) + 1
    if not len(changes):
        return None
    tail = len(signal) - int(changes[-1])
    long = max(THRESHOLDS["tail points"].value, THRESHOLDS["tail share"].value * len(signal))
    fresh = len(changes) / max(1, int(changes[-1]))  # share of records before the tail that were new
    value = signal.values[-1]
    if tail >= long and fresh > 0.9 and value != 0 and np.isfinite(value):
        return _Stale(signal, int(changes[-1]), 0)
    lengths = np.diff(changes)
    if len(lengths) < THRESHOLDS["periods"].value:
        return None
    period = int(np.median(lengths))
    if period >= 2 and np.mean(lengths == period) >= THRESHOLDS["period share"].value:
        return _Stale(signal, int(changes[0]), period)
    return None


def _others_move(stale: _Stale, floats: list[Signal]) -> bool:
    """Whether another series changes at each of its own records in the same stretch."""
    first = stale.signal.steps[stale.start]
    for other in floats:
        values = other.values[other.steps >= first]
        if other is not stale.signal and len(values) >= 10 and np.mean(values[1:] != values[:-1]) > 0.9:
            return True
    return False
