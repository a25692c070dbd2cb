"""Columns that grow: rows of many tags as they come, in file order at the end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Floats, Ints
from forensics.readers.tensorboard.event_file import Columns
from forensics.readers.tensorboard.tensors import Float32Bits, Scalar

_Chunk = tuple[Ints, NDArray[np.float64], Floats, Ints]


class Rows:
    """Scalar rows of one file, collected by tag."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[_Chunk]] = {}
        self._tags: dict[str, int] = {}
        self._tag: list[int] = []
        self._step: list[int] = []
        self._wall: list[float] = []
        self._offset: list[int] = []
        self._bits: list[int] = []
        self._wide: dict[int, float] = {}

    def add_many(self, tag: str, steps: Ints, walls: NDArray[np.float64], values: Floats, offsets: Ints) -> None:
        """Add rows of one tag."""
        self._chunks.setdefault(tag, []).append((steps, walls, values, offsets))

    def add(self, tag: str, step: int, wall: float, value: Scalar, offset: int) -> None:
        """Add one row."""
        self._tag.append(self._tags.setdefault(tag, len(self._tags)))
        self._step.append(step)
        self._wall.append(wall)
        self._offset.append(offset)
        if isinstance(value, Float32Bits):
            self._bits.append(value)
        else:
            self._wide[len(self._bits)] = value
            self._bits.append(0)

    def columns(self) -> dict[str, Columns]:
        """Return the columns of each tag, rows in file order, tags in the order of their first record."""
        self._settle()
        out = {tag: _joined(chunks) for tag, chunks in self._chunks.items()}
        return dict(sorted(out.items(), key=lambda item: int(item[1].offsets[0])))

    def _settle(self) -> None:
        """Move the rows that were added one by one to the chunks of their tags."""
        if not self._tag:
            return
        tag = np.array(self._tag, np.int64)
        order = np.argsort(tag, kind="stable")
        narrow = np.array(self._bits, np.uint32).view(np.float32)
        steps = np.array(self._step, np.int64)[order]
        walls = np.array(self._wall, np.float64)[order]
        offsets = np.array(self._offset, np.int64)[order]
        wide = np.zeros(len(tag), np.bool_)
        wide[list(self._wide)] = True
        with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
            doubles = narrow.astype(np.float64)
        doubles[list(self._wide)] = list(self._wide.values())
        narrow, wide, doubles = narrow[order], wide[order], doubles[order]
        edges = np.flatnonzero(np.diff(tag[order])) + 1
        bounds = [0, *edges.tolist(), len(tag)]
        is_wide = np.logical_or.reduceat(wide, bounds[:-1]).tolist()
        for name, first, stop, double in zip(self._tags, bounds[:-1], bounds[1:], is_wide, strict=True):
            values: Floats = doubles[first:stop] if double else narrow[first:stop]
            self.add_many(name, steps[first:stop], walls[first:stop], values, offsets[first:stop])


def _joined(chunks: list[_Chunk]) -> Columns:
    if len(chunks) == 1:
        steps, walls, values, offsets = chunks[0]
    else:
        steps = np.concatenate([chunk[0] for chunk in chunks])
        walls = np.concatenate([chunk[1] for chunk in chunks])
        with np.errstate(invalid="ignore"):
            values = np.concatenate([chunk[2] for chunk in chunks])
        offsets = np.concatenate([chunk[3] for chunk in chunks])
        if (offsets[1:] < offsets[:-1]).any():
            order = np.argsort(offsets, kind="stable")
            steps, walls, values, offsets = steps[order], walls[order], values[order], offsets[order]
    return Columns(steps, walls, values, offsets)
