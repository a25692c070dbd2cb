"""Binary records of Weights & Biases, written from plain values after wandb_internal.proto."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from typing import Any

HEAD = b":W&B\xe1\xbe\0"
BLOCK = 32 * 1024


def varint(number: int) -> bytes:
    """A whole number in base 128, the lowest digit first."""
    number &= (1 << 64) - 1
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*digits, number))


def field(number: int, value: bytes | str | int) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def history(step: int, **values: Any) -> bytes:
    """The record of one call of log()."""
    written = {"_step": step, "_timestamp": 1.7e9 + step, "_runtime": float(step), **values}
    items = b"".join(field(1, field(2, key) + field(16, json.dumps(value))) for key, value in written.items())
    return field(2, items + field(2, field(1, step)))


def config(**values: Any) -> bytes:
    """The record of a run with its configuration."""
    update = b"".join(field(1, field(1, key) + field(16, json.dumps(value))) for key, value in values.items())
    return field(17, field(1, "abc") + field(4, update) + field(17, field(1, 1_700_000_000)))


def exit_code(code: int) -> bytes:
    """The record of the end of a run."""
    return field(18, field(1, code) if code else b"")


def file(records: Iterable[bytes]) -> bytes:
    """A file of these records, cut over blocks as LevelDB does."""
    out = bytearray(HEAD)
    for record in records:
        left, first = record, True
        while first or left:
            room = BLOCK - len(out) % BLOCK
            if room < 7:
                out += bytes(room)
                room = BLOCK
            piece, left = left[: room - 7], left[room - 7 :]
            kind = (1 if not left else 2) if first else (4 if not left else 3)
            out += struct.pack("<IHB", zlib.crc32(bytes([kind]) + piece), len(piece), kind) + piece
            first = False
    return bytes(out)
