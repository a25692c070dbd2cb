"""Each episode goes on where the last one ended: what moves shows no break between them.

Observes: a speed, position or distance at the last logged step of each episode and at the first one of the next: how
far they lie apart, against how far the values at the ends of episodes are spread.

Why it matters: a reset that does not take place hands the end of one episode to the next. After a real reset the
first value comes from the start distribution and knows nothing of the last one.

Evidence: a motion of training logged at nearly every step, and the step at which each episode ends.

How it can be wrong: an agent that is asked to end where it starts (a hold, a hover) shows no break either, but then
the ends are not spread; a running total over all episodes is no position and grows on by design (left out).

References: Gymnasium documentation, Env.reset; fault catalogue, environment-not-resetting.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.evidence import Ints
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.robust import rank_correlation
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="EPS108",
    name="position-continuous",
    fired="Episodes go on where the last one ended",
    clear="Episodes begin anew",
    group="episode-start",
    needs=("motion of training at the steps around the ends of eight episodes", "step at which each episode ends"),
    leak=(1, 1000),
    leak_reason="a start that follows the last end in rank and size, eight times and more, is no start distribution; "
    "tasks that go on by design (robots that nobody puts back) are rare",
    how_to_log='writer.add_scalar("environment/position", x, env_step)  # at every step',
)
THRESHOLDS = {
    "episodes": Threshold(
        8, "ends of episodes", "the rank correlation of eight unrelated pairs exceeds 0.9 in 1 of 500"
    ),
    "follows": Threshold(0.9, "rank correlation of last and first value", "starts that do not know the ends: about 0"),
    "jump": Threshold(
        0.2, "median jump over the spread of the ends", "a fixed start lies half the spread away and more"
    ),
    "gap": Threshold(3, "steps", "further from the end the motion itself makes a difference"),
}


def detect(signals: Signals) -> Finding:
    """Compare the last value of each episode with the first of the next."""
    ends = _ends(signals)
    if ends is None:
        return META.not_applicable(META.needs[1])
    moving = signals.select(Quantity.MOTION, role=(Role.TRAIN, Role.NONE), axis=Axis.ENV_STEP)
    looked: list[tuple[Signal, Array, Array]] = []
    for signal in moving:
        last, first = _around(signal, ends)
        if len(last) >= THRESHOLDS["episodes"].value and not _is_total(signal):
            looked.append((signal, last, first))
    if not looked:
        return META.not_applicable(META.needs[0])
    rows = [(_measured(last, first), signal) for signal, last, first in looked]
    values, signal = max(rows, key=lambda row: row[0]["follows"])
    statement = (
        f"{signal.tag} at the first step of an episode follows its value at the last one before from step "
        f"{signal.steps[0]} to {signal.steps[-1]} ({values['episodes']:.0f} ends): rank correlation "
        f"{values['follows']:.2f} against {THRESHOLDS['follows'].value:g}, median jump {values['jump']:.2g} of the "
        f"spread of the ends against {THRESHOLDS['jump'].value:g}."
    )
    numbers: dict[str, Number] = dict(values)
    if values["spread"] <= 0:
        return META.inconclusive(f"{signal.tag} is the same at every end.", values=numbers, evidence=[signal.ref()])
    if values["follows"] >= THRESHOLDS["follows"].value and values["jump"] <= THRESHOLDS["jump"].value:
        shown = figure("Motion across the ends of episodes", [signal])
        return META.fire(
            statement,
            values=numbers,
            evidence=[signal.ref()],
            figure=shown,
            onset=int(ends[ends >= signal.steps[0]][0]),
        )
    return META.pass_(statement, values=numbers, evidence=[signal.ref()])


def _ends(signals: Signals) -> Ints | None:
    """Return the steps at which episodes ended, or None where each has no point of its own."""
    length = signals.first(
        Quantity.EPISODE_LENGTH, role=Role.TRAIN, statistic=(Statistic.VALUE, Statistic.MEAN), axis=Axis.ENV_STEP
    )
    if length is None or len(length) < THRESHOLDS["episodes"].value:
        return None
    own = np.mean(np.diff(length.steps) == length.values[1:]) > 0.9
    return np.unique(length.steps) if own else None


def _around(signal: Signal, ends: Ints) -> tuple[Array, Array]:
    """Return the values at the last step of an episode and at the first of the next, where both were logged."""
    gap = int(THRESHOLDS["gap"].value)
    before = np.searchsorted(signal.steps, ends, side="right") - 1
    after = before + 1
    inside = (before >= 0) & (after < len(signal))
    before, after, ends = before[inside], after[inside], ends[inside]
    near = (ends - signal.steps[before] < gap) & (signal.steps[after] - ends <= gap)
    last, first = signal.values[before[near]], signal.values[after[near]]
    keep = np.isfinite(last) & np.isfinite(first)
    return last[keep], first[keep]


def _is_total(signal: Signal) -> bool:
    """Whether the values never fall: a counter, not a position."""
    return bool((np.diff(signal.values[np.isfinite(signal.values)]) >= 0).all())


def _measured(last: Array, first: Array) -> dict[str, float]:
    spread = float(np.subtract(*np.quantile(last, [0.9, 0.1])))
    jump = float(np.median(np.abs(first - last)))
    return {
        "follows": rank_correlation(last, first),
        "jump": jump / spread if spread > 0 else float("inf"),
        "spread": spread,
        "episodes": len(last),
    }
