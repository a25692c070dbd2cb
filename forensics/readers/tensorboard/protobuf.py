"""The protobuf wire format, just enough to walk a message without its schema."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Field = tuple[int, int, int, int]


class WireError(ValueError):
    """The bytes are not a protobuf message."""


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the unsigned varint at `at` and the position after it."""
    value = shift = 0
    while shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise WireError("a varint is longer than ten bytes")


def signed(value: int) -> int:
    """Return a varint read as a two's-complement 64-bit integer."""
    value &= 0xFFFFFFFFFFFFFFFF
    return value - (1 << 64) if value >> 63 else value


def fields(data: bytes, start: int, stop: int) -> Iterator[Field]:
    """Yield (number, wire type, a, b) for each field of the message `data[start:stop]`.

    For a varint `a` is its value and `b` the position after it; otherwise the field's bytes are `data[a:b]`.
    Raises WireError where the bytes are no message.
    """
    at = start
    while at < stop:
        try:
            key = data[at]
            at += 1
            if key > 0x7F:
                key, at = varint(data, at - 1)
            wire = key & 7
            if wire == BYTES:
                size = data[at]
                at += 1
                if size > 0x7F:
                    size, at = varint(data, at - 1)
                end = at + size
            elif wire == FIXED32:
                end = at + 4
            elif wire == FIXED64:
                end = at + 8
            elif wire == VARINT:
                at, end = varint(data, at)
            else:
                raise WireError(f"wire type {wire} is not used")
        except IndexError:
            raise WireError("a field is cut off") from None
        if end > stop or key < 8:
            raise WireError("a field leaves its message")
        yield key >> 3, wire, at, end
        at = end
