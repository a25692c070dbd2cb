"""Small event files written by hand: an independent writer, so that a reader's mistake is not mirrored here."""

from __future__ import annotations

import struct
from collections.abc import Iterable

NAME = "events.out.tfevents.1760000000.host.1.0"
WALL = 1_760_000_000.0


def crc32c(data: bytes) -> int:
    """Bit by bit, after the definition."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(payload: bytes, *, length: int | None = None, checksum: int | None = None) -> bytes:
    head = struct.pack("<Q", len(payload) if length is None else length)
    tail = masked(payload) if checksum is None else checksum
    return head + struct.pack("<I", masked(head)) + payload + struct.pack("<I", tail)


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def block(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def integer(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def double(number: int, value: float) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value)


def single(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def event(step: int = 0, *values: bytes, wall: float = WALL, extra: bytes = b"") -> bytes:
    summary = block(5, b"".join(block(1, value) for value in values)) if values else b""
    return double(1, wall) + (integer(2, step) if step else b"") + summary + extra


def version(text: str = "brain.Event:2", wall: float = WALL) -> bytes:
    return record(event(wall=wall, extra=block(3, text.encode())))


def session_start(step: int, wall: float = WALL) -> bytes:
    return record(event(step, wall=wall, extra=block(7, integer(1, 1))))


def simple(tag: str, value: float) -> bytes:
    return block(1, tag.encode()) + single(2, value)


def bits(tag: str, pattern: int) -> bytes:
    """A simple value by the bit pattern of its float32."""
    return block(1, tag.encode()) + b"\x15" + struct.pack("<I", pattern)


def metadata(plugin: str, content: bytes = b"") -> bytes:
    return block(9, block(1, block(1, plugin.encode()) + (block(2, content) if content else b"")))


def tensor(tag: str, proto: bytes, plugin: str = "scalars") -> bytes:
    return block(1, tag.encode()) + block(8, proto) + (metadata(plugin) if plugin else b"")


def scalar(tag: str, step: int, value: float, wall: float = WALL) -> bytes:
    return record(event(step, simple(tag, value), wall=wall))


def curve(tag: str, steps: Iterable[int], wall: float = WALL, every: float = 1.0) -> list[bytes]:
    """One record a step: the value is half the step, the wall time goes on by `every` seconds."""
    return [scalar(tag, step, step / 2, wall + every * row) for row, step in enumerate(steps)]


def file(*records: bytes) -> bytes:
    return version() + b"".join(records)
