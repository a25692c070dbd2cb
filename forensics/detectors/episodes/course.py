"""The course of the return over a run, reduced so that swings and outliers do not decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.model.evidence import Ints
from forensics.model.meaning import Axis, Quantity, Role, Statistic
from forensics.signals.robust import mad, rank_correlation
from forensics.signals.signals import Array, Signal, Signals

BLOCKS = 40
LEVELS = (Statistic.MEAN, Statistic.VALUE, Statistic.SUM)


@dataclass(frozen=True)
class Course:
    """One return series: its finite points, their means over at most BLOCKS equal blocks, and its rank trend.

    `start` holds the first tenth of the points, `end` the last fifth, `best` the fifth of highest mean after
    the first tenth. `trend` is Spearman's rank correlation of the block means with time.
    """

    signal: Signal
    steps: Ints
    values: Array
    blocks: Array
    block_steps: Ints
    start: Array
    end: Array
    best: Array
    trend: float

    @property
    def noise(self) -> float:
        """Return the robust standard deviation from block to block, free of any slow trend."""
        return mad(np.diff(self.blocks)) / float(np.sqrt(2.0)) if len(self.blocks) > 2 else 0.0


def returns(signals: Signals) -> list[Signal]:
    """Return the longest series of the mean return of each role: training first, then evaluation."""
    found = []
    for role in (Role.TRAIN, Role.EVALUATION, Role.NONE):
        best = signals.first(Quantity.EPISODIC_RETURN, role=role, statistic=LEVELS)
        if best is not None:
            found.append(best)
    return found


def course(signal: Signal) -> Course | None:
    """Return the course of a return series, or None where fewer than ten finite points are left."""
    keep = np.isfinite(signal.values)
    steps, values = signal.steps[keep], signal.values[keep]
    count = len(values)
    if count < 10:
        return None
    tamed = np.clip(values, *np.quantile(values, [0.01, 0.99])) if count >= 50 else values
    cuts = np.linspace(0, count, min(BLOCKS, max(count // 3, min(count, 10))) + 1).astype(np.int64)
    blocks = np.add.reduceat(tamed, cuts[:-1]) / np.diff(cuts)
    first, fifth = max(3, count // 10), max(3, count // 5)
    sums = np.concatenate([[0.0], np.cumsum(tamed[first:])])
    at = first + int(np.argmax(sums[fifth:] - sums[:-fifth]))
    return Course(
        signal=signal,
        steps=steps,
        values=values,
        blocks=blocks,
        block_steps=steps[cuts[1:] - 1],
        start=values[:first],
        end=values[-fifth:],
        best=values[at : at + fifth],
        trend=rank_correlation(np.arange(len(blocks), dtype=np.float64), blocks),
    )


def superiority(later: Array, earlier: Array) -> float:
    """Return P(a later value exceeds an earlier one), ties counted half (McGraw and Wong 1992)."""
    ordered = np.sort(earlier)
    below = np.searchsorted(ordered, later, side="left") + np.searchsorted(ordered, later, side="right")
    return float(below.mean() / (2 * len(earlier)))


RISEN = 0.9  # P(later > earlier), as for return-rises: McGraw and Wong 1992


def none_improves(signals: Signals) -> bool:
    """Whether returns are logged and none of them clearly improves."""
    courses = [found for found in map(course, returns(signals)) if found is not None]
    return bool(courses) and all(superiority(found.end, found.start) < RISEN for found in courses)


def environment_step(signals: Signals, signal: Signal, step: int) -> int | None:
    """Return the environment step at which `step` of a series was logged.

    An episode number is placed by the wall clock of any tag that logged this episode, on the longest series of
    environment steps. None where no clock tells; a step of another axis is returned as it is.
    """
    if signal.meaning.axis is not Axis.EPISODE:
        return step
    timed = [one for one in signals.signals if len(one) > 1 and np.isfinite(one.walls).all() and np.ptp(one.walls) > 0]
    clocks = [one for one in timed if one.meaning.axis is Axis.ENV_STEP]
    episodes = [one for one in timed if one.meaning.axis is Axis.EPISODE]
    if not clocks or not episodes:
        return None
    clock, episode = max(clocks, key=len), max(episodes, key=len)
    wall = episode.walls[int(np.searchsorted(episode.steps, step).clip(0, len(episode) - 1))]
    order = np.argsort(clock.walls, kind="stable")
    return int(np.interp(wall, clock.walls[order], clock.steps[order]))
