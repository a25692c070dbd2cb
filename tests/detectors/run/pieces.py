"""Series made of several files or of one that goes back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from forensics.signals.signals import Signal
from tests.builders import signal


def pieces(
    tag: str,
    *parts: Sequence[int],
    files: Sequence[int] | None = None,
    gap: float = 1000.0,
    values: ArrayLike | None = None,
) -> Signal:
    """One series of these stretches of steps; each is a file of its own, `gap` seconds after the one before."""
    count = [len(part) for part in parts]
    steps = np.concatenate([np.asarray(part, np.int64) for part in parts])
    segment = np.repeat(np.arange(len(parts), dtype=np.int32), count)
    index = segment if files is None else np.repeat(np.asarray(files, np.int32), count)
    walls = np.concatenate([1.7e9 + number * gap + np.arange(size) for number, size in enumerate(count)])
    superseded = np.zeros(len(steps), np.bool_)
    for number in range(1, len(parts)):
        superseded |= (segment < number) & (steps >= parts[number][0])
    drawn = (
        np.random.default_rng(len(steps)).normal(size=len(steps)) if values is None else np.asarray(values, np.float64)
    )
    return signal(
        tag,
        drawn,
        steps,
        series_fields={
            "files": tuple(f"events.out.tfevents.{number}.host" for number in range(int(index.max()) + 1)),
            "file_index": index,
            "segment": segment,
            "superseded": superseded,
            "wall_times": walls,
        },
    )
