"""Scalars as TensorBoard reads them: all scalars of a step in one record.

The layout is that of TFRecord (length, masked CRC-32C of the length, payload, masked CRC-32C of the payload) around
an `Event` of tensorboard/compat/proto/event.proto. A writer that makes one record a scalar spends more time on forty
scalars than the gradient norms cost; here the bytes that stand for a tag are made once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from forensics.crc32c import crc32c, masked

_FLOAT = struct.Struct("<f")
_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_WALL_TIME, _STEP, _FILE_VERSION, _SUMMARY, _SESSION_LOG = b"\x09", b"\x10", b"\x1a", b"\x2a", b"\x3a"
_SESSION_START = b"\x08\x01"
_VALUE, _TAG, _SIMPLE_VALUE = b"\x0a", b"\x0a", b"\x15"


class EventEncoder:
    """Makes records; keeps what each tag begins with."""

    def __init__(self) -> None:
        self._beginnings: dict[str, bytes] = {}

    def version(self, wall_time: float) -> bytes:
        """Return the record every event file begins with."""
        return frame(_stamp(wall_time) + _FILE_VERSION + _sized(b"brain.Event:2"))

    def session_start(self, wall_time: float, step: int) -> bytes:
        """Return the record that tells TensorBoard to forget what an earlier file holds from `step` on."""
        return frame(_stamp(wall_time, step) + _SESSION_LOG + _sized(_SESSION_START))

    def scalars(self, wall_time: float, step: int, values: Iterable[tuple[str, float]]) -> bytes:
        """Return one record with all of `values`, (tag, number) each; numbers are rounded to float32."""
        parts = []
        for tag, value in values:
            parts.append(self._beginnings.get(tag) or self._begin(tag))
            parts.append(_float32(value))
        return frame(_stamp(wall_time, step) + _SUMMARY + _sized(b"".join(parts)))

    def _begin(self, tag: str) -> bytes:
        inner = _TAG + _sized(tag.encode("utf-8", "backslashreplace")) + _SIMPLE_VALUE
        self._beginnings[tag] = found = _VALUE + _varint(len(inner) + _FLOAT.size) + inner
        return found


def frame(payload: bytes) -> bytes:
    """Return a payload as a TFRecord."""
    length = _LENGTH.pack(len(payload))
    return b"".join((length, _CRC.pack(masked(crc32c(length))), payload, _CRC.pack(masked(crc32c(payload)))))


def _stamp(wall_time: float, step: int | None = None) -> bytes:
    stamp = _WALL_TIME + struct.pack("<d", wall_time)
    return stamp if step is None else stamp + _STEP + _varint(step)


def _float32(value: float) -> bytes:
    try:
        return _FLOAT.pack(value)
    except OverflowError:  # beyond float32
        return _FLOAT.pack(float("inf") if value > 0 else float("-inf"))


def _sized(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _varint(number: int) -> bytes:
    """Return a protobuf varint; negative numbers take ten bytes, as int64 does."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
