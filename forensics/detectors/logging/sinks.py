"""Pairing the series that different sinks wrote of one quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from forensics.model.evidence import Ints
from forensics.model.meaning import Quantity, Role
from forensics.signals.align import join
from forensics.signals.signals import Array, Signal, Signals

ENOUGH = 5
TABLE = "csv:"


@dataclass(frozen=True)
class Pair:
    """Two sinks' series of one quantity, at the steps where both are finite and one is not zero."""

    first: Signal
    second: Signal
    steps: Ints
    left: Array
    right: Array

    @property
    def ratios(self) -> Array:
        """Return left / right where both are non-zero."""
        keep = (self.left != 0) & (self.right != 0)
        return np.asarray(self.left[keep] / self.right[keep])


def pairs(signals: Signals) -> Iterator[Pair]:
    """Yield every pair of series of different sources that carry one name, joined on at least five steps.

    The name is the last part of the tag; where a sink holds it several times, the parts before it tell which is which.
    Tables of the same columns hold the same of different things (layers, networks, environments): they are no pair.
    """
    by_name: dict[str, list[Signal]] = {}
    columns: dict[str, set[str]] = {}
    for signal in signals.signals:
        columns.setdefault(signal.series.source, set()).add(plain_name(signal.tag))
        if len(signal) >= ENOUGH:
            by_name.setdefault(plain_name(signal.tag), []).append(signal)
    for same in by_name.values():
        for first, second in combinations(same, 2):
            sources = first.series.source, second.series.source
            if sources[0] == sources[1] or not _comparable(first, second) or _has_its_own(first, second, same):
                continue
            if all(source.startswith(TABLE) for source in sources) and columns[sources[0]] == columns[sources[1]]:
                continue
            steps, (left, right) = join(first, second)
            keep = np.isfinite(left) & np.isfinite(right) & ((left != 0) | (right != 0))
            if keep.sum() >= ENOUGH:
                yield Pair(first, second, steps[keep], left[keep], right[keep])


def plain_name(tag: str) -> str:
    """Return the last part of a tag, lower-case letters and digits alone: train/critic_loss and critic-loss agree."""
    return re.sub(r"[^a-z0-9]", "", tag.rsplit("/", 1)[-1].lower())


def _has_its_own(first: Signal, second: Signal, same: Sequence[Signal]) -> bool:
    """Whether the sink of either holds, among the `same` names, one that is called more like the other."""
    apart = _parts_apart(first, second)
    return any(
        (other.series.source == second.series.source and _parts_apart(first, other) < apart)
        or (other.series.source == first.series.source and _parts_apart(second, other) < apart)
        for other in same
    )


def _parts_apart(first: Signal, second: Signal) -> float:
    """Return how many parts one tag has before the other: 2 where Tune's event files put ray/tune/ before it.

    Infinity where neither is the end of the other.
    """
    shorter, longer = sorted((f"/{first.tag}".lower(), f"/{second.tag}".lower()), key=len)
    return longer.count("/") - shorter.count("/") if longer.endswith(shorter) else float("inf")


def _comparable(first: Signal, second: Signal) -> bool:
    if first.numbers_records or second.numbers_records:
        return False  # one numbers its lines, the other counts steps: what stands at one number is not of one moment
    one, other = first.meaning, second.meaning
    same = one.quantity is other.quantity or Quantity.OTHER in (one.quantity, other.quantity)
    roles = {one.role, other.role}  # a log named train.log says of a loss what an event file leaves open
    alike = len(roles) == 1 or roles == {Role.NONE, Role.TRAIN}
    return same and alike and one.statistic == other.statistic and one.member == other.member
