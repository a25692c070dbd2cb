"""CRC-32C of messages that are alike but for some bytes: records of the same tags differ in their numbers alone.

A CRC is linear (forensics/crc32c.py): what never changes adds one constant, worked out once, and what changes adds one
table entry a byte. A tenth of the bytes of a record of scalars change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.crc32c import Bytes, contributions

LONGEST = 8_192  # bytes: their table takes 8 MiB while a message is learnt
_ONES = 0xFFFFFFFF


class Checksum:
    """Of messages like `template`, in which only the bytes at `places` change."""

    def __init__(self, template: bytes, places: Sequence[int]) -> None:
        """`template` holds zeros at `places`. Raises ValueError for more than LONGEST bytes."""
        size = len(template)
        if size > LONGEST:
            raise ValueError(f"a message of {size} bytes is longer than {LONGEST}")
        self._head = min(size, 4)  # a checksum so far is added to the first bytes of what follows
        self._places = np.array(places, np.intp)
        rows = size - 1 - np.concatenate([np.arange(self._head), self._places])
        table = contributions(1 << max(size - 1, 1).bit_length())
        self._table = table[rows]
        self._rows = np.arange(len(rows))
        every = table[np.arange(size - 1, -1, -1), np.frombuffer(template, np.uint8)]
        self._constant = int(np.bitwise_xor.reduce(every)) if size else 0

    def after(self, crc: int, message: bytes) -> int:
        """Return the CRC-32C of what has the CRC-32C `crc` with `message` after it."""
        state = crc ^ _ONES
        first: Bytes = np.frombuffer(state.to_bytes(4, "little"), np.uint8)[: self._head]
        changing = np.concatenate([first, np.frombuffer(message, np.uint8)[self._places]])
        found = int(np.bitwise_xor.reduce(self._table[self._rows, changing], initial=0))
        return found ^ self._constant ^ (state >> (8 * self._head)) ^ _ONES
