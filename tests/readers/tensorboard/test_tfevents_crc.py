"""The checksum, one at a time and many at once, against the definition and the published vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.crc32c import crc32c, crcs, length_crcs, mask_all, masked, unmask_all
from tests.readers.tensorboard import event_files as ev


# RFC 3720, B.4, and the check value of the CRC catalogue.
@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
    ],
)
def test_published_vectors(message: bytes, expected: int) -> None:
    assert crc32c(message) == expected


@given(message=st.binary(max_size=200), repeat=st.sampled_from([1, 7, 40]))
def test_one_message(message: bytes, repeat: int) -> None:
    assert crc32c(message * repeat) == ev.crc32c(message * repeat)


@given(messages=st.lists(st.binary(max_size=255), min_size=1, max_size=12))
def test_many_messages(messages: list[bytes]) -> None:
    data = np.frombuffer(b"".join(messages) + b"\0", np.uint8)
    lengths = np.array([len(message) for message in messages], np.int64)
    starts = np.cumsum(lengths) - lengths
    expected = np.array([ev.crc32c(message) for message in messages], np.uint32)
    assert crcs(data, starts, lengths).tolist() == expected.tolist()
    assert mask_all(expected).tolist() == [masked(int(crc)) for crc in expected]
    assert unmask_all(mask_all(expected)).tolist() == expected.tolist()


@given(lengths=st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=9))
def test_lengths(lengths: list[int]) -> None:
    expected = [ev.masked(length.to_bytes(8, "little")) for length in lengths]
    assert length_crcs(np.array(lengths, np.uint64)).tolist() == expected
