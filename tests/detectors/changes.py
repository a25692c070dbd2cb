"""Changes to a run's numbers that must not change what is observed, and archived runs to try them on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

import forensics
from forensics.model.evidence import Series
from forensics.signals.interpret import interpret
from forensics.signals.signals import Signals

Change = Callable[[Series], Series]


def as_it_is(series: Series) -> Series:
    return series


def shifted(series: Series) -> Series:
    return replace(series, steps=series.steps + 100_000)


def noisy(series: Series) -> Series:
    noise = np.random.default_rng(len(series)).normal(1.0, 0.01, len(series))
    return replace(series, values=series.values.astype(np.float64) * noise)


def thinned(series: Series) -> Series:
    kept = {
        name: getattr(series, name)[::2]
        for name in ("steps", "wall_times", "values", "segment", "superseded", "offsets", "file_index")
    }
    return replace(series, **kept, updates=None if series.updates is None else series.updates[::2])


CHANGES = (as_it_is, shifted, noisy, thinned)


def changed(signals: Signals, change: Change) -> Signals:
    """Return the signals with every series changed. Facts about steps are dropped: they may no longer hold."""
    items = tuple(replace(item, series=change(item.series)) for item in signals.signals)
    facts = {name: fact for name, fact in signals.facts.items() if name != "learning_starts"}
    return replace(signals, signals=items, facts=facts)


@cache
def archived(folder: Path) -> Signals:
    """Read and interpret an archived run."""
    return interpret(forensics.load_run(folder))
