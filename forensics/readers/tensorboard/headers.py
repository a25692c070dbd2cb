"""Where the headers of TFRecords are in a buffer, found without stepping from one to the next.

A length under 256 shows as one byte and seven zero bytes, and seven zero bytes always hold one aligned zero word: so
the headers of short records are the places around zero words whose length CRC fits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.crc32c import length_crcs, short_length_crcs

# Bytes of a header (length and its CRC), and of all that is not payload.
HEADER, FRAME = 12, 16

Ints = NDArray[np.int64]


def unaligned(data: NDArray[np.uint8], kind: str) -> NDArray[Any]:
    """Return the words of dtype `kind` that begin at every byte of `data`."""
    size = np.dtype(kind).itemsize
    return np.ndarray((max(len(data) - size + 1, 0),), kind, buffer=data, strides=(1,))


def short_headers(data: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Return starts and lengths of all headers of short records in `data`."""
    none = np.zeros(0, np.int64)
    if len(data) < FRAME:
        return none, none
    words = data[: len(data) // 4 * 4].view("<u4")
    zero = words == 0
    hits = np.flatnonzero(zero)
    if len(hits) > len(words) // 4:  # long runs of zeros: only where one begins can a length stand before it
        hits = np.flatnonzero(zero[1:] & ~zero[:-1]) + 1
    if len(hits) and hits[0] == 0:
        hits = hits[1:]
    before = words[hits - 1]
    starts = hits * 4 - 1 - (before < 0x1000000) - (before < 0x10000) - (before < 0x100)
    starts = starts[(before != 0) & (starts >= 0) & (starts <= len(data) - HEADER)]
    lengths = data[starts].astype(np.int64)
    fits = unaligned(data, "<u4")[starts + 8] == short_length_crcs()[lengths]
    fits &= unaligned(data, "<u8")[starts] == lengths.astype(np.uint64)
    return (starts, lengths) if fits.all() else (starts[fits], lengths[fits])


def next_header(data: NDArray[np.uint8], start: int, stop: int) -> int | None:
    """Return the first place in `start..stop` where a header of any length under 4 GiB fits its CRC."""
    last = min(stop, len(data) - HEADER + 1)
    for piece in range(start, last, 1 << 20):
        end = min(piece + (1 << 20), last)
        if not data[piece : end + HEADER - 1].any():
            continue
        hits = np.flatnonzero(unaligned(data, "<u4")[piece + 4 : end + 4] == 0) + piece
        if len(hits):
            crcs = unaligned(data, "<u4")[hits + 8]
            hits, crcs = hits[crcs != 0], crcs[crcs != 0]  # no length has the masked CRC 0 in practice: skips zeros
            good = np.flatnonzero(length_crcs(unaligned(data, "<u8")[hits]) == crcs)
            if len(good):
                return int(hits[good[0]])
    return None
