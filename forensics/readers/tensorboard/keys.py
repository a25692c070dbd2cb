"""Groups of like records in a block: by a hash over length, width of the step, and tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forensics.readers.tensorboard.headers import HEADER, unaligned
from forensics.readers.tensorboard.tfrecord import Block

Ints = NDArray[np.int64]
_U = np.uint64
_M1, _M2, _M3, _M4 = (_U(x) for x in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93))
# Shortest payload of a scalar event: wall time and summary; what is shorter is not worth a group.
_SHORTEST = 24


@dataclass(slots=True)
class Group:
    """Records that look alike: their hash, their payload length, and where they start, ascending."""

    key: int
    length: int
    starts: Ints


def groups(block: Block) -> Iterator[Group]:
    """Yield the short records of a block in groups; every record is in exactly one."""
    worth = block.lengths >= _SHORTEST
    starts, lengths = block.starts, block.lengths
    if not worth.all():
        for start, length in zip(starts[~worth].tolist(), lengths[~worth].tolist(), strict=True):
            yield Group(0, length, np.array([start], np.int64))
        starts, lengths = starts[worth], lengths[worth]
    if not len(starts):
        return
    hashes = _hashes(block.data, starts, lengths)
    short = (hashes >> _U(48)).astype(np.uint16)  # sorted by radix: 16 bits are enough to part them
    order = np.argsort(short, kind="stable")
    hashes, starts, lengths, short = hashes[order], starts[order], lengths[order], short[order]
    changes = np.flatnonzero(hashes[1:] != hashes[:-1]) + 1
    clash = short[changes] == short[changes - 1]
    if clash.any():  # two hashes share their 16 bits and alternate: sort these exactly
        order = np.lexsort((starts, hashes))
        hashes, starts, lengths = hashes[order], starts[order], lengths[order]
        changes = np.flatnonzero(hashes[1:] != hashes[:-1]) + 1
    edges = [0, *changes.tolist(), len(starts)]
    for first, stop in pairwise(edges):
        yield Group(int(hashes[first]), int(lengths[first]), starts[first:stop])


def _hashes(data: NDArray[np.uint8], starts: Ints, lengths: Ints) -> NDArray[np.uint64]:
    """Hash what tells records of one tag from others: never bytes of the wall time, the step or the value.

    Layout: `09 wall:8 [10 step:varint] 2a size 0a size 0a size tag...`, each size one byte, or two above 127.
    """
    words = unaligned(data, "<u8")
    last = len(words) - 1
    summary = starts + HEADER + 9
    head = words[np.minimum(summary, last)]
    # the step ends at its first byte with a clear top bit; the exponent of that lone bit as a float gives its place
    clear = (~(head >> _U(8)) & _U(0x0000808080808080)) | _U(1 << 47)
    lowest = clear & (~clear + _U(1))
    width = (((lowest.astype(np.float64).view(np.int64) >> 52) - 1023) >> 3) + 2
    width *= data[summary] == 0x10
    summary += width
    end = starts + HEADER + lengths
    tag = summary + 6
    if int(lengths.max()) > 127:
        for at in (1, 3):
            long = data[np.minimum(tag - 6 + at, end - 1)] > 127
            tag += long
    np.minimum(tag, end - 1, out=tag)
    stop = tag + data[tag - 1]
    np.minimum(stop, end, out=stop)
    tag -= 1
    stop -= 8
    hashes: NDArray[np.uint64] = words[np.minimum(np.maximum(stop, tag), last)] * _M1
    hashes += words[np.minimum(tag, stop)] * _M3
    stop -= 8
    hashes ^= words[np.minimum(np.maximum(stop, tag), last)] * _M2
    hashes += ((lengths << 8) + (tag - starts)).view(np.uint64) * _M4
    hashes ^= hashes >> _U(29)
    hashes *= _M1
    return hashes
