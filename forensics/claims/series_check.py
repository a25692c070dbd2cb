"""Holds a claim about one series against its points."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from forensics.claims.claim import Between, Course, NonFinite, Points, Relation, Stat, Travel, Trend, Value
from forensics.claims.number import Number
from forensics.claims.outcome import Outcome, contradicted, supported, undecided
from forensics.model.meaning import Axis, Quantity
from forensics.signals.growth import growth
from forensics.signals.robust import finite, rank_correlation, thirds
from forensics.signals.signals import Array, Signal, Signals

RISING = 0.5  # Spearman's rank correlation with the position above which a series goes one way
EXPLODED = 2.0  # decades of growth, as the observation loss-explosion has it
HARDLY = 2.0  # a magnitude that never doubles has not exploded
CONSTANT = 1e-6  # relative spread of one float32 number logged again and again
VARIES = 0.05  # relative spread from which nobody calls a series constant
COARSE = 2  # digits: a bound of so few is round, not the extreme itself
_NOUN_AXES = {"update": Axis.UPDATE, "iteration": Axis.UPDATE, "episode": Axis.EPISODE, "epoch": Axis.EPOCH}
_STAT_WORDS = {
    Stat.FIRST: "first value", Stat.LAST: "last value", Stat.MIN: "lowest value", Stat.MAX: "highest value",
    Stat.MEAN: "mean", Stat.MEDIAN: "median",
}  # fmt: skip


def check_value(value: Value, signal: Signal, signals: Signals) -> Outcome:
    """Hold a value against the points that the claim speaks of."""
    values = finite(signal.values)
    if not len(values):
        return undecided(f"{signal.tag} holds no finite value")
    scaled = _scaled(value.number, values)
    if scaled is None:
        return undecided(f"whether {signal.tag} is logged in per cent is not known", signal.ref())
    value = replace(value, number=scaled)
    if value.step is not None:
        return _at_step(value, value.step, signal)
    if value.points is not None:
        wrong = _wrong_points(value, value.points, signal, signals)
        if wrong is not None:
            return wrong
    if value.stat is not None:
        return _at_stat(value, value.stat, signal, values)
    if value.every:
        return _everywhere(value, signal, values, signals)
    if value.negated:
        return _denied(value.number, signal, values)
    if value.relation is not Relation.EQUAL:
        return _bound(value, signal, values)
    return _reached(value.number, signal, values) if value.reached else _bare(value.number, signal, values)


def check_between(claim: Between, signal: Signal) -> Outcome:
    """Hold a range against the lowest and the highest value."""
    values = finite(signal.values)
    if not len(values) or claim.low.percent or claim.high.percent or claim.low.factor or claim.high.factor:
        return undecided(f"the range cannot be compared with {signal.tag}")
    low, high = float(values.min()), float(values.max())
    said = f"{signal.tag} lies between {_show(low)} and {_show(high)} {_span(signal)}"
    if claim.low.states(low) and claim.high.states(high):
        return supported(said, signal.ref())
    if (low < claim.low.value and claim.low.denies(low)) or (high > claim.high.value and claim.high.denies(high)):
        return contradicted(said, signal.ref())
    inside = claim.low.value <= low and high <= claim.high.value
    if inside and not claim.ends and max(claim.low.digits, claim.high.digits) <= COARSE:
        return supported(said, signal.ref())
    return undecided(f"{said}: within the range, or nearly, but not up to its ends", signal.ref())


def check_travel(claim: Travel, signal: Signal) -> Outcome:
    """Hold "from A to B" against the first value, and the last or an extreme."""
    values = finite(signal.values)
    if len(values) < 2 or any(each.percent or each.factor for each in (claim.start, claim.end)):
        return undecided(f"the way cannot be compared with {signal.tag}")
    low, high = int(np.argmin(values)), int(np.argmax(values))
    said = f"{signal.tag} goes from {_show(values[0])} to {_show(values[-1])} {_span(signal)}"
    ends = any(claim.end.states(float(values[at])) for at in (len(values) - 1, low, high))
    if ends and claim.start.states(float(values[0])):
        return supported(said, signal.ref())
    extremes = f"{said}; lowest {_show(values[low])}, highest {_show(values[high])}"
    backwards = claim.start.states(float(values[-1])) and claim.end.states(float(values[0]))
    if any(_outside(number, values) for number in (claim.start, claim.end)) or backwards:
        return contradicted(extremes, signal.ref())
    return undecided(f"{extremes}: which points are meant is not said", signal.ref())


def check_trend(claim: Trend, signal: Signal) -> Outcome:
    """Hold a direction against the ranks of the points."""
    values = finite(signal.values)
    if len(values) < 5 or len(values) < len(signal):
        return undecided(f"{signal.tag} has too few finite points for a trend", signal.ref())
    said = f"{signal.tag} goes from {_show(values[0])} to {_show(values[-1])} {_span(signal)}"
    holds = _holds(claim.course, values, signal.meaning.quantity)
    if holds is None:
        return undecided(f"{said}: neither clearly so nor clearly otherwise", signal.ref())
    return (supported if holds is not claim.negated else contradicted)(said, signal.ref())


def check_points(claim: Points, signal: Signal) -> Outcome:
    """Hold a number of points against those that were logged."""
    said = f"{signal.tag} has {len(signal):,} points"
    return (supported if claim.number.whole in (len(signal), len(signal.series)) else contradicted)(said, signal.ref())


def check_non_finite(claim: NonFinite, signal: Signal) -> Outcome:
    """Hold "becomes NaN" or "is never NaN" against the points."""
    bad = np.flatnonzero(~np.isfinite(signal.values))
    if len(bad):
        said = f"{signal.tag} is not finite at {len(bad)} of {len(signal)} points, first at step {signal.steps[bad[0]]}"
        return (supported if claim.present else contradicted)(said, signal.ref(int(bad[0]), int(bad[-1])))
    said = f"{signal.tag} is finite at all {len(signal)} points"
    return (contradicted if claim.present else supported)(said, signal.ref())


def _scaled(number: Number, values: Array) -> Number | None:
    """Return the number in the unit of the series: a share of 0 to 1 said in per cent; None where that is open."""
    if not number.percent:
        return number
    if float(np.abs(values).max()) > 1:
        return None
    return replace(number, value=number.value / 100, unit=number.unit / 100)


def _at_step(value: Value, step: Number, signal: Signal) -> Outcome:
    axis = _NOUN_AXES.get(value.step_noun)
    if axis is not None and signal.meaning.axis is not axis:
        return undecided(f"{signal.tag} is not logged by {value.step_noun}", signal.ref())
    rows = np.flatnonzero(signal.steps == (-1 if step.whole is None else step.whole))
    if not len(rows) or step.approximate:
        near = int(signal.steps[np.argmin(np.abs(signal.steps - step.value))])
        return undecided(f"{signal.tag} has no point at step {step.text}; the nearest is at {near}", signal.ref())
    seen = [float(signal.values[row]) for row in rows]
    said = f"{signal.tag} is {' and '.join(map(_show, seen))} at step {step.whole}"
    return _judge(value, seen, said, signal, int(rows[0]), int(rows[-1]))


def _at_stat(value: Value, stat: Stat, signal: Signal, values: Array) -> Outcome:
    whole = len(values) == len(signal)
    if not whole and stat in (Stat.FIRST, Stat.LAST):
        return undecided(f"{signal.tag} holds values that are not finite", signal.ref())
    seen = _statistic(stat, values)
    left_out = "" if whole else ", non-finite points left out"
    said = f"the {_STAT_WORDS[stat]} of {signal.tag} is {_show(seen)} {_span(signal)}{left_out}"
    ends = {Stat.FIRST: (0, 0), Stat.LAST: (len(signal) - 1, len(signal) - 1)}.get(stat)
    if ends is None and stat in (Stat.MIN, Stat.MAX):
        row = int(np.nanargmin(signal.values) if stat is Stat.MIN else np.nanargmax(signal.values)) if whole else 0
        ends = (row, row) if whole else None
        if whole:
            said += f", at step {signal.steps[row]}"
    return _judge(value, [seen], said, signal, *(ends or (0, -1)))


def _judge(value: Value, seen: list[float], said: str, signal: Signal, first: int, last: int) -> Outcome:
    """Judge single values: all have to hold, and all have to fail."""
    results = {_relation_holds(value, each) for each in seen}
    if value.negated:
        results = {None if each is None else not each for each in results}
    if results == {True}:
        return supported(said, signal.ref(first, last))
    if results == {False}:
        return contradicted(said, signal.ref(first, last))
    return undecided(f"{said}: off by less than the last digit that is stated", signal.ref(first, last))


def _relation_holds(value: Value, seen: float) -> bool | None:
    number, relation = value.number, value.relation
    if not math.isfinite(seen):
        return False
    if relation is Relation.EQUAL:
        return True if number.states(seen) else False if number.denies(seen) else None
    if seen == number.value:
        return relation in (Relation.AT_MOST, Relation.AT_LEAST)
    below = seen < number.value
    if below is (relation in (Relation.BELOW, Relation.AT_MOST)):
        return True
    return (
        False
        if number.denies(seen)
        else (True if relation in (Relation.AT_MOST, Relation.AT_LEAST) and number.states(seen) else None)
    )


def _everywhere(value: Value, signal: Signal, values: Array, signals: Signals) -> Outcome:
    results = [_relation_holds(value, float(each)) for each in values]
    if value.negated:
        results = [None if each is None else not each for each in results]
    low, high = float(values.min()), float(values.max())
    said = (
        f"{signal.tag} is {_show(low)}" if low == high else f"{signal.tag} lies between {_show(low)} and {_show(high)}"
    )
    said += f" {_span(signal)}"
    updates = signals.number("updates")
    if value.points is not None and value.points_noun == "updates" and updates and updates != len(signal):
        said += f"; the run made {updates:,.0f} updates, of which these were logged"
    if False in results:
        row = int(np.flatnonzero(signal.values == values[results.index(False)])[0])
        return contradicted(f"{said}; {_show(signal.values[row])} at step {signal.steps[row]}", signal.ref(row, row))
    if all(results) and len(values) == len(signal):
        return supported(said, signal.ref())
    return undecided(f"{said}: not everywhere clear of the bound, or not everywhere finite", signal.ref())


def _wrong_points(value: Value, points: Number, signal: Signal, signals: Signals) -> Outcome | None:
    known = {len(signal), len(signal.series)}
    if value.points_noun in ("updates", "iterations"):
        known.add(int(signals.number("updates") or 0))
    if value.points_noun == "steps":
        known |= {int(signals.number(name) or 0) for name in ("env_steps", "updates", "last_step")}
    if points.whole in known:
        return None
    return contradicted(f"{signal.tag} has {len(signal):,} points, not {points.text}", signal.ref())


def _denied(number: Number, signal: Signal, values: Array) -> Outcome:
    said = f"{signal.tag} equals {number.text} at {int(np.sum(values == number.value))} of {len(signal)} points"
    same = np.array([number.states(float(each)) for each in values])
    if number.value == 0 and not same.any() and len(values) == len(signal):
        return supported(said, signal.ref())
    if same.all() and len(values) == len(signal):
        return contradicted(said, signal.ref())
    return undecided(f"{said}: which of them the claim denies is not said", signal.ref())


def _bound(value: Value, signal: Signal, values: Array) -> Outcome:
    results = {_relation_holds(value, float(each)) for each in values}
    said = f"{signal.tag} lies between {_show(values.min())} and {_show(values.max())} {_span(signal)}"
    if results == {True}:
        return supported(said, signal.ref())
    if results == {False}:
        return contradicted(said, signal.ref())
    return undecided(f"{said}: true of some points and not of others", signal.ref())


def _reached(number: Number, signal: Signal, values: Array) -> Outcome:
    for stat in (Stat.LAST, Stat.MAX, Stat.MIN):
        seen = _statistic(stat, values)
        if number.states(seen):
            return supported(f"the {_STAT_WORDS[stat]} of {signal.tag} is {_show(seen)} {_span(signal)}", signal.ref())
    return _beyond(number, signal, values)


def _bare(number: Number, signal: Signal, values: Array) -> Outcome:
    """A value of which the document does not say which: one that stands for the series, or one it never had."""
    same = [number.states(float(each)) for each in values]
    if all(same) and len(values) == len(signal):
        return supported(f"{signal.tag} is {_range(values)} {_span(signal)}", signal.ref())
    if number.value == 0 and not any(same):
        return contradicted(f"{signal.tag} is never 0 {_span(signal)}: it lies between {_range(values)}", signal.ref())
    if number.value != 0:
        seen, stat = min(
            ((_statistic(stat, values), stat) for stat in Stat), key=lambda pair: abs(pair[0] - number.value)
        )
        if number.states(seen):
            return supported(f"the {_STAT_WORDS[stat]} of {signal.tag} is {_show(seen)} {_span(signal)}", signal.ref())
    return _beyond(number, signal, values)


def _beyond(number: Number, signal: Signal, values: Array) -> Outcome:
    said = f"{signal.tag} lies between {_show(values.min())} and {_show(values.max())} {_span(signal)}"
    if _outside(number, values):
        return contradicted(said, signal.ref())
    return undecided(f"{said}, and ends at {_show(values[-1])}: which value is meant is not said", signal.ref())


def _outside(number: Number, values: Array) -> bool:
    low, high = float(values.min()), float(values.max())
    return (number.value < low and number.denies(low)) or (number.value > high and number.denies(high))


def _holds(course: Course, values: Array, quantity: Quantity) -> bool | None:
    scale, spread = float(np.abs(values).max()), float(np.ptp(values))
    still = spread <= CONSTANT * scale
    if course is Course.CONSTANT:
        return True if still else False if spread > VARIES * scale else None
    if still:
        return False
    if course is Course.EXPLODES:
        grown = growth(values)
        if grown is not None and grown.decades >= EXPLODED:
            return True
        return False if scale <= HARDLY * abs(float(values[0])) else None
    if quantity is Quantity.LOSS and (values < 0).all():
        return None  # a loss of -1e12 has "risen" for some and "fallen" for others
    rank = rank_correlation(np.arange(len(values), dtype=np.float64), values)
    early, _, late = thirds(values)
    moved = float(np.median(late) - np.median(early)) * (1 if course is Course.RISES else -1)
    rank *= 1 if course is Course.RISES else -1
    return True if rank > RISING and moved > 0 else False if rank < -RISING and moved < 0 else None


def _statistic(stat: Stat, values: Array) -> float:
    match stat:
        case Stat.FIRST:
            return float(values[0])
        case Stat.LAST:
            return float(values[-1])
        case Stat.MIN:
            return float(values.min())
        case Stat.MAX:
            return float(values.max())
        case Stat.MEAN:
            return float(values.mean())
        case Stat.MEDIAN:
            return float(np.median(values))


def _range(values: Array) -> str:
    low, high = float(values.min()), float(values.max())
    return _show(low) if low == high else f"{_show(low)} to {_show(high)}"


def _show(value: float) -> str:
    return f"{float(value):.6g}"


def _span(signal: Signal) -> str:
    return f"(steps {signal.steps[0]} to {signal.steps[-1]}, {len(signal)} points)"
