"""Progress that a return does not show: an opponent or a task that grows harder as the agent grows better."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from forensics.detectors.episodes.course import LEVELS, course, superiority
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import words

_TREND = 0.6  # rank correlation, and
_SUPERIORITY = 0.9  # P(later > earlier), both as for return-rises
_MEASURES = re.compile(
    r"\b(elo|trueskill|skill rating|curriculum|difficulty|lesson|terrain levels?|task level)\b|^levels?$"
)


def other_progress(signals: Signals) -> Signal | None:
    """Return a success rate, a rating or the level of a curriculum that clearly rises over the run, or None."""
    measures = [one for one in signals.signals if _MEASURES.search(words(one.tag))]
    return _rising([*signals.select(Quantity.SUCCESS_RATE), *measures])


def risen_return(signals: Signals) -> Signal | None:
    """Return another return or score that clearly rises: what is flat may not be what the agent maximises."""
    return _rising(signals.select(Quantity.EPISODIC_RETURN, statistic=LEVELS))


def _rising(measures: Iterable[Signal]) -> Signal | None:
    for one in measures:
        found = course(one)
        if found is None or np.ptp(found.values) == 0:
            continue
        if found.trend >= _TREND and superiority(found.end, found.start) >= _SUPERIORITY:
            return one
    return None
