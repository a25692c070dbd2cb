"""Fast decoding: records of one tag differ in a few known bytes, so one parsed record decodes all of them.

The first record of a group is parsed exactly and becomes a template: its bytes, which of them vary (wall time, step,
value), and where. Every other record of the group is compared with the template in all its constant bytes; what
differs anywhere goes the exact way. Grouping is by a hash and affects speed only, never the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.crc32c import Words, crc32c, short_contributions, unmask_all
from forensics.readers.tensorboard.event import SCALARS, plugin_of, tag_text
from forensics.readers.tensorboard.headers import HEADER, unaligned
from forensics.readers.tensorboard.protobuf import BYTES, FIXED32, FIXED64, VARINT, WireError, fields
from forensics.readers.tensorboard.tensors import DOUBLE, FLOAT

# Where things stand in a payload that starts with a wall time and a step.
_WALL, _STEP = 1, 10


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A record layout: tag, step bytes, value hole, and what a record's constant bytes must be."""

    tag: str
    length: int
    step_bytes: int
    value_at: int
    value_kind: str
    words: tuple[tuple[int, np.uint64, np.uint64], ...]
    base_crc: np.uint32
    columns: tuple[tuple[int, Words], ...]

    def matches(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        """Return which records have all the constant bytes of the template."""
        differs = np.zeros(len(rows), np.uint64)
        for at, keep, constant in self.words:
            differs |= (_column(rows, at, "<u8") & keep) ^ constant
        return np.equal(differs, 0)

    def steps(self, rows: NDArray[np.void]) -> NDArray[np.int64]:
        """Return the step of each record."""
        steps = np.zeros(len(rows), np.int64)
        for byte in range(self.step_bytes):
            octet = _column(rows, HEADER + _STEP + byte, "u1") & np.uint8(0x7F)
            steps |= octet.astype(np.int64) << (7 * byte)
        return steps

    def walls(self, rows: NDArray[np.void]) -> NDArray[np.float64]:
        """Return the wall time of each record, in Unix seconds."""
        return _column(rows, HEADER + _WALL, "<f8").copy()

    def values(self, rows: NDArray[np.void]) -> NDArray[np.float32] | NDArray[np.float64]:
        """Return the value of each record."""
        return _column(rows, HEADER + self.value_at, self.value_kind).copy()

    def intact(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        """Return which records fit their payload CRC."""
        crc = unmask_all(_column(rows, HEADER + self.length, "<u4")) ^ self.base_crc
        for at, table in self.columns:
            crc ^= table[_column(rows, at, "u1")]
        intact: NDArray[np.bool_] = np.equal(crc, 0)
        return intact


def _column(rows: NDArray[np.void], at: int, kind: str) -> NDArray:  # type: ignore[type-arg]
    return np.ndarray((len(rows),), kind, buffer=rows, offset=at, strides=(rows.itemsize,))


def rows_at(data: NDArray[np.uint8], starts: NDArray[np.int64], length: int) -> NDArray[np.void]:
    """Return the records of one payload length as rows of raw bytes."""
    width = length + HEADER + 4
    view: NDArray[np.void] = np.ndarray((len(data) - width + 1,), f"V{width}", buffer=data, strides=(1,))
    return view[starts]


def template_of(record: bytes) -> Template | None:
    """Return the template of a record that holds one scalar in the usual layout; None for all others."""
    payload = record[HEADER:-4]
    try:
        layout = _layout(payload)
    except WireError:
        return None
    if layout is None:
        return None
    tag, step_bytes, value_at, kind = layout
    varying = [*range(_WALL, _WALL + 8), *range(_STEP, _STEP + step_bytes)]
    varying += range(value_at, value_at + np.dtype(kind).itemsize)
    keep = bytearray(b"\xff" * (HEADER + len(payload)))
    blank = bytearray(payload)
    for at in varying:
        keep[HEADER + at] = blank[at] = 0
    for at in range(step_bytes):
        keep[HEADER + _STEP + at] = 0x80
    places = [*range(0, len(keep) - 7, 8), len(keep) - 8]
    kept, held = (
        unaligned(np.frombuffer(bytes(keep), np.uint8), "<u8"),
        unaligned(np.frombuffer(record, np.uint8), "<u8"),
    )
    table = short_contributions()
    return Template(
        tag=tag,
        length=len(payload),
        step_bytes=step_bytes,
        value_at=value_at,
        value_kind=kind,
        words=tuple((at, kept[at], held[at] & kept[at]) for at in dict.fromkeys(places) if kept[at]),
        base_crc=np.uint32(crc32c(blank)),
        columns=tuple((HEADER + at, table[len(payload) - 1 - at]) for at in varying),
    )


def _layout(payload: bytes) -> tuple[str, int, int, str] | None:
    """Return (tag, bytes of the step, place of the value, dtype) of a plain scalar event."""
    top = list(fields(payload, 0, len(payload)))
    shape = [(number, wire) for number, wire, _, _ in top]
    if shape == [(1, FIXED64), (2, VARINT), (5, BYTES)]:
        step_bytes = top[1][3] - _STEP
    elif shape == [(1, FIXED64), (5, BYTES)]:
        step_bytes = 0
    else:
        return None
    if top[0][2] != _WALL or (step_bytes and payload[_STEP - 1] != 0x10) or step_bytes > 9:
        return None
    values = list(fields(payload, top[-1][2], top[-1][3]))
    if len(values) != 1 or values[0][:2] != (1, BYTES):
        return None
    return _value(payload, values[0][2], values[0][3], step_bytes)


def _value(payload: bytes, start: int, stop: int, step_bytes: int) -> tuple[str, int, int, str] | None:
    tag: bytes | None = None
    hole: tuple[int, str] | None = None
    plugin = ""
    holes = 0
    for number, wire, a, b in fields(payload, start, stop):
        if (number, wire) == (1, BYTES):
            tag = payload[a:b]
        elif (number, wire) == (2, FIXED32):
            hole, plugin, holes = (a, "<f4"), SCALARS, holes + 1
        elif (number, wire) == (8, BYTES):
            hole, holes = _tensor_hole(payload, a, b), holes + 1
        elif (number, wire) == (9, BYTES):
            plugin = plugin_of(payload, a, b)
        else:
            return None
    if tag is None or hole is None or holes != 1 or plugin != SCALARS:
        return None
    return tag_text(tag), step_bytes, *hole


def _tensor_hole(payload: bytes, start: int, stop: int) -> tuple[int, str] | None:
    """Return place and dtype of the only float or double of a tensor without dimensions."""
    kind = 0
    spans: list[tuple[int, int]] = []
    for number, wire, a, b in fields(payload, start, stop):
        if (number, wire) == (1, VARINT):
            kind = a
        elif (number, wire) == (2, BYTES) and a == b:
            pass
        elif (number == 4 and wire == BYTES) or (number == 5 and kind == FLOAT) or (number == 6 and kind == DOUBLE):
            spans.append((a, b))
        else:
            return None
    width = {FLOAT: 4, DOUBLE: 8}.get(kind)
    if width is None or len(spans) != 1 or spans[0][1] - spans[0][0] != width:
        return None
    return spans[0][0], f"<f{width}"
