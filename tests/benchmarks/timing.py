"""Contestants timed in turn (A B C A B C ...), and ratios paired round by round.

A machine that others use is fast one minute and slow the next. What runs in the same round meets the same minute, so
the ratio of two turns of one round says more than the ratio of two totals.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, quartiles and extremes of one number a round."""

    median: float
    low: float
    high: float
    least: float
    most: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Spread:
        """Raises StatisticsError for fewer than two numbers."""
        low, median, high = statistics.quantiles(numbers, n=4, method="inclusive")
        return cls(median, low, high, min(numbers), max(numbers))

    def __str__(self) -> str:
        quartiles, extremes = f"{self.low:.3f} to {self.high:.3f}", f"{self.least:.3f} to {self.most:.3f}"
        return f"{self.median:.3f} (quartiles {quartiles}, range {extremes})"


def interleaved(
    contestants: Mapping[str, Callable[[], object]],
    rounds: int,
    turns: int = 1,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """Give every contestant a turn after the other, `turns` in a round; return seconds by name, one sum a round."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        spent = dict.fromkeys(contestants, 0.0)
        for _ in range(turns):
            for name, work in contestants.items():
                before = clock()
                work()
                spent[name] += clock() - before
        for name, total in spent.items():
            seconds[name].append(total)
    return seconds


def paired(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Return the spread of `above / below`, round by round."""
    return Spread.of([one / other for one, other in zip(above, below, strict=True)])


def verdict(spread: Spread, *, least: float | None = None, most: float | None = None) -> str:
    """Say whether the median is at least, or at most, what is demanded."""
    if least is not None:
        return f"demanded at least {least:g}: {'met' if spread.median >= least else 'missed'}"
    assert most is not None
    return f"demanded at most {most:g}: {'met' if spread.median <= most else 'missed'}"
