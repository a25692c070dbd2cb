"""Scalars as TensorBoard reads them: all scalars of a step in one record.

The layout is that of TFRecord (length, masked CRC-32C of the length, payload, masked CRC-32C of the payload) around
an `Event` of tensorboard/compat/proto/event.proto. A writer that makes one record a scalar spends more time on forty
scalars than the gradient norms cost; here the bytes that stand for the tags are made once for each set of tags.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import accumulate

from forensics.crc32c import crc32c, masked
from forensics.recorder.checksum import LONGEST, Checksum

_FLOAT = struct.Struct("<f")
_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_WALL_TIME, _STEP, _FILE_VERSION, _SUMMARY, _SESSION_LOG = b"\x09", b"\x10", b"\x1a", b"\x2a", b"\x3a"
_SESSION_START = b"\x08\x01"
_VALUE, _TAG, _SIMPLE_VALUE = b"\x0a", b"\x0a", b"\x15"


def version(wall_time: float) -> bytes:
    """Return the record every event file begins with."""
    return frame(_stamp(wall_time) + _FILE_VERSION + _sized(b"brain.Event:2"))


def session_start(wall_time: float, step: int) -> bytes:
    """Return the record that tells TensorBoard to forget what an earlier file holds from `step` on."""
    return frame(_stamp(wall_time, step) + _SESSION_LOG + _sized(_SESSION_START))


def scalars(wall_time: float, step: int, values: Mapping[str, float]) -> bytes:
    """Return one record with all of `values`, by tag; numbers are rounded to float32."""
    layout = _layout(tuple(values))
    body = layout.packed(values.values())
    head = _stamp(wall_time, step) + _SUMMARY + _varint(len(body))
    return frame(head + body, layout.checksum.after(crc32c(head), body) if layout.checksum else None)


class _Layout:
    """How the values of some tags lie in a record: the bytes that stand for each tag, each before its number."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        beginnings = [_begin(tag) for tag in tags]
        self._struct = struct.Struct("<" + "".join(f"{len(begin)}sf" for begin in beginnings))
        self._fields = [field for begin in beginnings for field in (begin, 0.0)]
        ends = accumulate(len(begin) + _FLOAT.size for begin in beginnings)
        places = [place for end in ends for place in range(end - _FLOAT.size, end)]
        is_long = self._struct.size > LONGEST
        self.checksum = None if is_long else Checksum(self._struct.pack(*self._fields), places)

    def packed(self, numbers: Collection[float]) -> bytes:
        """Return the bytes of these numbers, one a tag, with their tags."""
        fields = self._fields.copy()
        try:
            fields[1::2] = numbers
            return self._struct.pack(*fields)
        except OverflowError:
            fields[1::2] = map(_in_float32, numbers)
            return self._struct.pack(*fields)


_layout = lru_cache(maxsize=32)(_Layout)


def _begin(tag: str) -> bytes:
    inner = _TAG + _sized(tag.encode("utf-8", "backslashreplace")) + _SIMPLE_VALUE
    return _VALUE + _varint(len(inner) + _FLOAT.size) + inner


def frame(payload: bytes, crc: int | None = None) -> bytes:
    """Return a payload as a TFRecord; `crc` is its CRC-32C, where it is known."""
    length = _LENGTH.pack(len(payload))
    crc = crc32c(payload) if crc is None else crc
    return b"".join((length, _CRC.pack(masked(crc32c(length))), payload, _CRC.pack(masked(crc))))


def _stamp(wall_time: float, step: int | None = None) -> bytes:
    stamp = _WALL_TIME + struct.pack("<d", wall_time)
    return stamp if step is None else stamp + _STEP + _varint(step)


def _in_float32(value: float) -> float:
    try:
        _FLOAT.pack(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    return value


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
