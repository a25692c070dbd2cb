"""Which axis a series is on: environment steps, updates, episodes or epochs.

Nothing in an event file says what a step counts. Two tests decide, whatever the tags are called: a counter that
grows one for one with its step makes the step that counter, for all that stands at the same steps of its source, and
tags written over the same wall-clock time whose steps advance at different rates are on different axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forensics.model.meaning import Axis, Quantity, Role, Standing
from forensics.signals.signals import Array, Signal

SAME_RATE = (0.5, 2.0)  # two tags of one clock differ by the slack at the ends of their ranges, never by a factor 2
COUNTER_SHARE = 0.9  # share of points at which a counter must agree with the step (a full replay buffer stops)
COUNTER_SLACK = 0.02  # ... up to this share of the steps between two points (logged noise)
OTHER_COUNT = (0.1, 10.0)  # ... beyond which a step counts iterations or seconds, in whatever unit the clock runs
LENGTH_TOLERANCE = 0.25  # mean episode length x episodes against environment steps; the last episode is unfinished
_EPISODIC = frozenset({Quantity.EPISODIC_RETURN, Quantity.EPISODE_LENGTH, Quantity.SUCCESS_RATE})
_COUNTERS = {
    Quantity.ENV_STEP_COUNT: Axis.ENV_STEP,
    Quantity.BUFFER_SIZE: Axis.ENV_STEP,
    Quantity.UPDATE_COUNT: Axis.UPDATE,
    Quantity.EPOCH: Axis.EPOCH,
}


@dataclass(frozen=True)
class Clock:
    """The reference: how the step advanced with wall-clock time on the axis that reaches farthest."""

    walls: Array
    steps: Array

    def progress(self, first: float, last: float) -> float:
        """Return the steps made between two wall-clock times."""
        ends = np.interp([first, last], self.walls, self.steps)
        return float(ends[1] - ends[0])


def establish_axes(signals: Sequence[Signal]) -> list[Signal]:
    """Return the signals with their axis claimed or established."""
    reference, counted = _reference(signals)
    if reference is None:
        return list(signals)
    clock = _clock(reference)
    placed = [_place(signal, reference, counted, clock, signals) for signal in signals]
    counters = [
        (signal, axis)
        for signal in signals
        if (axis := _COUNTERS.get(signal.meaning.quantity)) and axis is not counted and _counts_its_step(signal, axis)
    ]
    return [_by_family(_by_counter(signal, counters), placed) for signal in placed]


def _reference(signals: Sequence[Signal]) -> tuple[Signal | None, Axis | None]:
    """Return the signal whose step the others are compared with, and its axis where a counter proves it."""
    for quantity, axis in _COUNTERS.items():
        for signal in signals:
            if signal.meaning.quantity is quantity and _counts_its_step(signal, axis):
                return signal, axis
    candidates = [signal for signal in signals if len(signal) > 1 and signal.meaning.axis is not Axis.EPISODE]
    timed = [signal for signal in candidates if np.isfinite(signal.walls).all()]
    return max(timed or candidates, key=lambda signal: (int(np.ptp(signal.steps)), len(signal)), default=None), None


def _counts_its_step(signal: Signal, axis: Axis) -> bool:
    """Whether the value advances as the step does. Updates begin late: on their own axis the two are equal."""
    if len(signal) < 3 or np.ptp(signal.steps) == 0:
        return False
    offset = signal.values - signal.steps
    if axis is not Axis.ENV_STEP and np.median(np.abs(offset)) > COUNTER_SLACK * np.ptp(signal.steps):
        return False
    agrees = np.abs(np.diff(offset)) <= COUNTER_SLACK * np.abs(np.diff(signal.steps))
    return bool(np.mean(agrees) >= COUNTER_SHARE)


def _clock(reference: Signal) -> Clock:
    walls, steps = reference.walls, reference.steps.astype(np.float64)
    order = np.argsort(np.where(np.isfinite(walls), walls, np.inf), kind="stable")
    return Clock(walls[order], np.maximum.accumulate(steps[order]))


def _place(signal: Signal, reference: Signal, counted: Axis | None, clock: Clock, signals: Sequence[Signal]) -> Signal:
    if signal is reference:
        return signal.establish("axis", counted, "its value grows one for one with its step") if counted else signal
    rate = _rate(signal, clock)
    if rate is None:
        shared = np.isin(signal.steps, reference.steps).all()
        if counted and shared:
            return signal.establish("axis", counted, f"logged at steps of {reference.tag}, which counts its own step")
        return signal
    if SAME_RATE[0] <= rate <= SAME_RATE[1]:
        if counted:
            return signal.establish("axis", counted, f"its step advances with that of {reference.tag}, a counter")
        return signal
    if rate == 0:  # a step that stands still counts nothing
        return signal
    reason = _episode_proof(signal, rate, clock, signals) if rate < 1 and _speaks_of_episodes(signal) else ""
    if reason:
        return signal.establish("axis", Axis.EPISODE, reason)
    return _not_of(signal, reference, rate)


def _not_of(signal: Signal, reference: Signal, rate: float) -> Signal:
    """Take back the axis that a framework gives all its tags where a step of this one is none of the reference's."""
    shared = signal.meaning.axis is reference.meaning.axis and signal.standing.get("axis") is Standing.CLAIMED
    if not shared or "axis" in (signal.series.declared or {}):
        return signal
    return signal.establish(
        "axis", Axis.UNKNOWN, f"its step advances {rate:.3g} times as fast as that of {reference.tag}"
    )


def _rate(signal: Signal, clock: Clock) -> float | None:
    """Return steps of this signal per step of the clock, over the wall-clock time both cover."""
    walls = signal.walls
    if len(signal) < 4 or not np.isfinite(walls).all():
        return None
    inside = (walls >= clock.walls[0]) & (walls <= clock.walls[-1])
    if inside.sum() < 4:
        return None
    made = clock.progress(float(walls[inside].min()), float(walls[inside].max()))
    return float(np.ptp(signal.steps[inside])) / made if made > 0 else None


def _speaks_of_episodes(signal: Signal) -> bool:
    return signal.meaning.axis is Axis.EPISODE or signal.meaning.quantity in _EPISODIC


def _episode_proof(signal: Signal, rate: float, clock: Clock, signals: Sequence[Signal]) -> str:
    """Return the reason why a slower step counts episodes, or nothing."""
    for other in signals:
        if other.meaning.quantity is Quantity.EPISODE_LENGTH and np.isin(signal.steps, other.steps).mean() > 0.5:
            covered = float(np.mean(other.values)) * rate
            if abs(covered - 1) <= LENGTH_TOLERANCE:
                return f"its step advances once for every {other.tag} environment steps ({np.mean(other.values):.3g})"
    if signal.meaning.role is Role.EVALUATION or _counts_something_else(rate, signals) or _reports(signal, signals):
        return ""  # evaluations are numbered by epoch or one by one, reports by iteration: no episode of training each
    for other in signals:
        twin = len(other) == len(signal) and np.array_equal(other.values, signal.values)
        if twin and np.ptp(other.steps) > 2 * np.ptp(signal.steps):
            return f"the same values stand under {other.tag} at steps that advance {1 / rate:.3g} times as fast"
    if np.mean(np.diff(signal.steps) == 1) > COUNTER_SHARE:
        return f"its step counts one a point while the other tags advance {1 / rate:.3g} times as fast"
    return ""


def _reports(signal: Signal, signals: Sequence[Signal]) -> bool:
    """Whether a step of this file is a report: a tag there that names iterations has the step itself as its value."""
    return any(
        "iteration" in other.tag
        and other.series.source == signal.series.source
        and len(other) > 1
        and np.array_equal(other.values, other.steps)
        for other in signals
    )


def _counts_something_else(rate: float, signals: Sequence[Signal]) -> bool:
    """Whether the lengths of episodes, wherever they are logged, rule out that a step is an episode."""
    lengths = [
        float(np.nanmean(other.values)) * rate
        for other in signals
        if other.meaning.quantity is Quantity.EPISODE_LENGTH
        and other.meaning.role is not Role.EVALUATION
        and np.isfinite(other.values).any()
    ]
    return bool(lengths) and all(not OTHER_COUNT[0] <= covered <= OTHER_COUNT[1] for covered in lengths)


def _by_counter(signal: Signal, counters: Sequence[tuple[Signal, Axis]]) -> Signal:
    """Establish the axis of a second counter for the tags of its source that stand at the very same steps."""
    if signal.is_established("axis") or not counters:
        return signal
    found = {
        axis: other.tag
        for other, axis in counters
        if other.series.source == signal.series.source and np.array_equal(other.steps, signal.steps)
    }
    if len(found) != 1:
        return signal
    ((axis, tag),) = found.items()
    return signal.establish("axis", axis, f"logged at the same steps as {tag}, which counts its own step")


def _by_family(signal: Signal, placed: Sequence[Signal]) -> Signal:
    """Carry an established episode axis over to tags that stand at the very same steps."""
    if signal.is_established("axis") or not _speaks_of_episodes(signal) or len(signal) < 2:
        return signal
    for other in placed:
        if (
            other.meaning.axis is Axis.EPISODE
            and other.is_established("axis")
            and np.array_equal(other.steps, signal.steps)
        ):
            return signal.establish("axis", Axis.EPISODE, f"logged at the same steps as {other.tag}")
    return signal
