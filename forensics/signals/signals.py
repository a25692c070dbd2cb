"""Series with their meanings, and the questions a detector may ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from forensics.model.diagnosis import Fact
from forensics.model.evidence import EvidenceRef, Ints, Run, Series
from forensics.model.meaning import Meaning, Quantity, Standing
from forensics.signals.source import Source, source_of

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Signal:
    """One series and what it measures.

    `meaning` holds the best reading of each field; `standing` says how well a field is known (absent means
    nothing is known), `alternatives` what else a contested field may be, `how` the reason for each field.
    `claims` keeps what name, manifest or framework claim, whatever was established since.
    `steps`, `values` and `walls` are the view in which a resumed run's later rows win, in file order.
    """

    series: Series
    meaning: Meaning
    standing: Mapping[str, Standing] = field(default_factory=dict)
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        return self.series.tag

    @property
    def numbers_records(self) -> bool:
        """Whether its steps are on no axis: the source names none, and they but number what was written."""
        return "counts" in (self.series.declared or {})

    @cached_property
    def steps(self) -> Ints:
        return self.series.steps[~self.series.superseded]

    @cached_property
    def values(self) -> Array:
        return self.series.values[~self.series.superseded].astype(np.float64)

    @cached_property
    def walls(self) -> Array:
        return self.series.wall_times[~self.series.superseded]

    def __len__(self) -> int:
        return len(self.steps)

    def establish(self, name: str, value: str, how: str) -> Signal:
        """Return this signal with one field of its meaning established."""
        return self._with(name, value, Standing.ESTABLISHED, how, ())

    def claim(self, name: str, value: str, how: str) -> Signal:
        """Return this signal with one field claimed, unless the field is better known already."""
        if name in self.standing:
            return self
        claimed = self._with(name, value, Standing.CLAIMED, how, ())
        return replace(claimed, claims={**self.claims, name: value})

    def contest(self, name: str, readings: tuple[str, ...], how: str) -> Signal:
        """Return this signal with two or more readings left for one field; the first is the likeliest."""
        return self._with(name, readings[0], Standing.CONTESTED, how, readings)

    def _with(self, name: str, value: str, standing: Standing, how: str, readings: tuple[str, ...]) -> Signal:
        kind = type(getattr(self.meaning, name))
        return replace(
            self,
            meaning=msgspec.structs.replace(self.meaning, **{name: kind(value)}),
            standing={**self.standing, name: standing},
            alternatives={**self.alternatives, name: readings} if readings else self.alternatives,
            how={**self.how, name: how},
        )

    def is_established(self, name: str) -> bool:
        """Whether the field of this name is established."""
        return self.standing.get(name) is Standing.ESTABLISHED

    def is_contested(self, name: str) -> bool:
        """Whether two or more readings of the field of this name are left."""
        return self.standing.get(name) is Standing.CONTESTED

    def ref(self, first: int = 0, last: int = -1) -> EvidenceRef:
        """Point at positions `first` to `last` of the view."""
        rows = np.flatnonzero(~self.series.superseded)
        if not len(rows):
            return EvidenceRef(tag=self.tag)
        return self.series.ref(int(rows[first]), int(rows[last]))


@dataclass(frozen=True)
class Signals:
    """All that detectors see: signals by meaning, facts about the whole run, and the run for its logs."""

    run: Run
    signals: tuple[Signal, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    framework: str = ""
    algorithm: str = ""

    @cached_property
    def source(self) -> Source | None:
        """The training source, held against the run; None where it is not at hand."""
        return source_of(self.run)

    def select(self, quantity: Quantity, **wanted: Any) -> list[Signal]:
        """Return the signals of this quantity whose meaning has every wanted field (a value or a set of values).

        Twins of one tag from a second sink are left out: the source with the most points speaks. One tag in two
        directories is two signals where it means two things (training and validation), else runs of several seeds.
        """
        found: dict[tuple[object, ...], Signal] = {}
        for signal in self.signals:
            if signal.meaning.quantity is not quantity or not len(signal):
                continue
            if all(_matches(getattr(signal.meaning, name), value) for name, value in wanted.items()):
                meaning = signal.meaning
                key = (signal.tag, meaning.role, meaning.network, meaning.statistic, meaning.member, meaning.name)
                twin = found.get(key)
                if twin is None or len(signal) > len(twin):
                    found[key] = signal
        return list(found.values())

    def first(self, quantity: Quantity, **wanted: Any) -> Signal | None:
        """Return the longest of the selected signals, or None."""
        return max(self.select(quantity, **wanted), key=len, default=None)

    def number(self, fact: str) -> float | None:
        """Return an established number of the run, or None."""
        known = self.facts.get(fact)
        return float(known.value) if known is not None and not isinstance(known.value, str) else None

    def config(self, *names: str) -> float | None:
        """Return the first numeric configuration value whose last key is one of these names."""
        for row in self.run.config:
            if (
                row.key.rsplit(".", 1)[-1].lower() in names
                and isinstance(row.value, int | float)
                and not isinstance(row.value, bool)
            ):
                return float(row.value)
        return None


def _matches(have: object, want: object) -> bool:
    return have in want if isinstance(want, frozenset | set | tuple) else have == want
