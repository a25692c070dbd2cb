"""Records that were written twice, byte for byte: the retry of a remote write."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Ints
from forensics.readers.tensorboard.event_file import Columns
from forensics.readers.tensorboard.ledger import Ledger


def drop_repeats(columns: dict[str, Columns], ledger: Ledger) -> dict[str, Columns]:
    """Return the columns without blocks of records that repeat an earlier block exactly, and say so.

    Equal rows alone prove nothing: a constant logged twice within one tick of a coarse clock is equal as well. So a
    block counts as a repetition only where two or more consecutive records equal consecutive earlier ones in tag, step,
    wall time and value.
    """
    twins = {tag: pair for tag, column in columns.items() if (pair := _equal_rows(column)) is not None}
    if not twins:
        return columns
    later = np.concatenate([columns[tag].offsets[rows] for tag, (rows, _) in twins.items()])
    earlier = np.concatenate([columns[tag].offsets[rows] for tag, (_, rows) in twins.items()])
    every = np.unique(np.concatenate([column.offsets for column in columns.values()]))
    repeated = _blocks(later, earlier, every)
    if not len(repeated):
        return columns
    out = dict(columns)
    dropped = 0
    for tag, (rows, _) in twins.items():
        column = columns[tag]
        keep = np.ones(len(column), np.bool_)
        keep[rows[np.isin(column.offsets[rows], repeated)]] = False
        dropped += int(np.count_nonzero(~keep))
        out[tag] = Columns(column.steps[keep], column.wall_times[keep], column.values[keep], column.offsets[keep])
    ledger.note(
        f"{dropped} values repeat earlier records byte for byte (a write that was tried again); they are counted once",
        offset=int(repeated[0]),
    )
    return out


def _equal_rows(column: Columns) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """Return the rows that equal an earlier row in all but their place, and those earlier rows."""
    if len(column) < 2 or bool((column.steps[1:] > column.steps[:-1]).all()):
        return None
    bits = column.values.view(np.uint32 if column.values.itemsize == 4 else np.uint64)
    walls = column.wall_times.view(np.uint64)
    order = np.lexsort((bits, walls, column.steps))
    same = (
        (column.steps[order[1:]] == column.steps[order[:-1]])
        & (walls[order[1:]] == walls[order[:-1]])
        & (bits[order[1:]] == bits[order[:-1]])
    )
    if not same.any():
        return None
    at = np.flatnonzero(same)
    return order[at + 1], order[at]


def _blocks(later: Ints, earlier: Ints, every: Ints) -> Ints:
    """Return the offsets of later records that stand in a block of two or more, each as far from its twin."""
    order = np.argsort(later, kind="stable")
    later, earlier = later[order], earlier[order]
    first = np.r_[True, later[1:] != later[:-1]]
    later, earlier = later[first], earlier[first]
    place, twin = np.searchsorted(every, later), np.searchsorted(every, earlier)
    joins = (np.diff(place) == 1) & (np.diff(twin) == 1) & (np.diff(later - earlier) == 0)
    member = (np.r_[False, joins] | np.r_[joins, False]) & (place - twin > 1)
    blocks: Ints = later[member]
    return blocks
