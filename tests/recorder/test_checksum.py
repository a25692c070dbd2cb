"""The short way to a checksum leads where the long one does."""

from __future__ import annotations

import random

import pytest

from forensics.crc32c import crc32c
from forensics.recorder.checksum import LONGEST, Checksum


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 64, 1_000, 1_024, 1_025, LONGEST])
def test_it_is_the_checksum_of_the_whole(size: int) -> None:
    rng = random.Random(size)
    places = sorted(rng.sample(range(size), size // 3))
    template = bytearray(rng.randbytes(size))
    for place in places:
        template[place] = 0
    checksum = Checksum(bytes(template), places)
    for before in (b"", b"what came before"):
        message = bytearray(template)
        for place in places:
            message[place] = rng.randrange(256)
        assert checksum.after(crc32c(before), bytes(message)) == crc32c(before + message)


def test_what_is_too_long_for_its_table_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        Checksum(bytes(LONGEST + 1), [])
