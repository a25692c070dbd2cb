"""The wall clock runs on while nothing is logged.

Observes: within a segment, a gap between two records of the densest series that is more than ten times its median,
per step made, and longer than a minute.

Why it matters: a stall is time paid for nothing, and it dates a crash of a simulator, a full disk or a suspended
machine, after which the numbers may mean something else.

Evidence: a series of at least thirty records with wall-clock times.

How it can be wrong: an evaluation or a checkpoint takes time as well; gaps that come back,
or in which an evaluation was logged, are those.

References: fault catalogue, wall-clock-stall (gap over ten times the median step time).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.evidence import Flags, Ints, Series
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis, Role
from forensics.signals.signals import Signals

META = Meta(
    code="RUN106",
    name="wall-clock-stall",
    fired="The run stalled",
    clear="The run went on without a stall",
    group="wall-clock",
    needs=("series of at least thirty records with wall-clock times",),
    leak=(10, 100),
    leak_reason="Shared machines pause healthy runs: one of ten healthy archived runs holds a pause of an hour.",
    how_to_log='writer.add_scalar("time/heartbeat", time.monotonic(), env_step)',
)
THRESHOLDS = {
    "gap": Threshold(10.0, "times the median", "fault catalogue, wall-clock-stall"),
    "seconds": Threshold(60.0, "s", "shorter gaps are a garbage collection, a checkpoint or a flush"),
    "recurring": Threshold(3, "gaps", "more gaps of like length are an evaluation or a checkpoint"),
    "points": Threshold(30, "records", "a median of thirty gaps does not move with one stall"),
}

COSTLY = 0.2  # share of the run's time
LEAK_COSTLY = (2.0, 100.0)  # a pause that takes a fifth of a run is more than a shared machine's


def detect(signals: Signals) -> Finding:
    """Look for the longest gap of the densest series."""
    timed = [one.series for one in signals.signals if one.meaning.axis is not Axis.EPISODE and _is_timed(one.series)]
    if not timed:
        return META.not_applicable()
    series = max(timed, key=len)
    inside = np.diff(series.segment) == 0
    gaps = np.diff(series.wall_times)[inside]
    made = np.maximum(np.diff(series.steps)[inside], 1)
    places = np.flatnonzero(inside)
    typical, pace = float(np.median(gaps)), float(np.median(gaps / made))
    slow = (gaps > THRESHOLDS["gap"].value * typical) & (gaps / made > THRESHOLDS["gap"].value * pace)
    slow &= gaps > THRESHOLDS["seconds"].value
    slow &= ~_evaluated(signals, series.steps[places], series.steps[places + 1])
    longest = float(gaps.max(initial=0.0))
    alike = int((slow & (gaps > longest / 2)).sum())
    values: dict[str, Number] = {"longest_gap": longest, "median_gap": typical, "stalls": int(slow.sum())}
    sentence = (
        f"The longest gap between two records of {series.tag} is {longest:.4g} s from step {series.steps[0]} to "
        f"{series.steps[-1]} ({len(series)} points): {longest:.4g} s against "
        f"{THRESHOLDS['gap'].value:g} x {typical:.3g} s."
    )
    if slow.any() and alike <= THRESHOLDS["recurring"].value:
        at = int(places[int(np.argmax(np.where(slow, gaps, -1.0)))])
        costly = float(gaps[slow].max()) >= COSTLY * float(gaps.sum())
        return META.fire(
            sentence,
            values=values,
            evidence=[series.ref(at, at + 1)],
            onset=int(series.steps[at]),
            leak=LEAK_COSTLY if costly else None,
        )
    return META.pass_(sentence, values=values, evidence=[series.ref()])


def _evaluated(signals: Signals, before: Ints, after: Ints) -> Flags:
    """Whether an evaluation was logged within each gap."""
    held = np.zeros(len(before), np.bool_)
    for one in signals.signals:
        if one.meaning.role is Role.EVALUATION:
            held |= np.searchsorted(one.steps, before) < np.searchsorted(one.steps, after, side="right")
    return held


def _is_timed(series: Series) -> bool:
    if len(series) < THRESHOLDS["points"].value or not np.isfinite(series.wall_times).all():
        return False
    return bool(np.median(np.diff(series.wall_times)) > 0)
