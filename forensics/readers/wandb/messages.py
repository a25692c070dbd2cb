"""The messages of a .wandb file, by the field numbers of wandb_internal.proto; others are passed over.

The numbers have not changed since the format was introduced (2020), and protobuf forbids to use one again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forensics.readers.jsontext import loads
from forensics.readers.tensorboard.protobuf import BYTES, VARINT, fields, signed

HISTORY, SUMMARY, OUTPUT, CONFIG, STATS, OUTPUT_RAW, RUN, EXIT, ENVIRONMENT = 2, 3, 4, 5, 7, 13, 17, 18, 26
_KEY, _NESTED_KEY, _VALUE_JSON = 1, 2, 16
_UPDATE = 1


def body(record: bytes) -> tuple[int, bytes]:
    """Return which message a record carries, and its bytes; 0 where it is none of those above.

    Raises WireError where the bytes are no record.
    """
    for number, wire, start, stop in fields(record, 0, len(record)):
        if wire == BYTES and number in (
            HISTORY, SUMMARY, OUTPUT, CONFIG, STATS, OUTPUT_RAW, RUN, EXIT, ENVIRONMENT
        ):  # fmt: skip
            return number, record[start:stop]
    return 0, b""


def items(message: bytes, number: int = _UPDATE) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (path of keys, value) of the items of a history, a summary or a configuration.

    Raises WireError or ValueError where an item is none.
    """
    for found, wire, start, stop in fields(message, 0, len(message)):
        if found != number or wire != BYTES:
            continue
        key: list[str] = []
        value: Any = None
        for part, kind, a, b in fields(message, start, stop):
            if kind != BYTES:
                continue
            if part in (_KEY, _NESTED_KEY):
                key.append(message[a:b].decode("utf-8", "replace"))
            elif part == _VALUE_JSON:
                value = loads(message[a:b])
        if key:
            yield tuple(key), value


def message(data: bytes, number: int) -> bytes:
    """Return the first message, text or bytes under a field number, empty where there is none."""
    return next(
        (data[a:b] for found, wire, a, b in fields(data, 0, len(data)) if (found, wire) == (number, BYTES)), b""
    )


def texts(data: bytes, number: int) -> list[str]:
    """Return every text under a field number."""
    found = fields(data, 0, len(data))
    return [data[a:b].decode("utf-8", "replace") for place, wire, a, b in found if (place, wire) == (number, BYTES)]


def whole(data: bytes, number: int) -> int:
    """Return the whole number under a field number, 0 where there is none (protobuf writes no zeros)."""
    found = fields(data, 0, len(data))
    return next((signed(a) for place, wire, a, _ in found if (place, wire) == (number, VARINT)), 0)
