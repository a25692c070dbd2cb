"""The one number that a TensorProto of TensorBoard's scalars plugin holds."""

from __future__ import annotations

import struct

from forensics.readers.tensorboard.protobuf import BYTES, FIXED32, FIXED64, VARINT, fields, signed, varint

FLOAT, DOUBLE, STRING, BFLOAT16, HALF = 1, 2, 7, 14, 19

# struct codes of tensor_content by DataType (tensorflow/core/framework/types.proto).
_CONTENT = {1: "f", 2: "d", 3: "i", 4: "B", 5: "h", 6: "b", 9: "q", 10: "?", 17: "H", 19: "e", 22: "I", 23: "Q"}

# Field numbers of the typed value lists (tensor.proto): float, double, int, int64, bool, half, uint32, uint64.
_FLOAT_VAL, _DOUBLE_VAL, _CONTENT_FIELD, _STRING_VAL, _HALF_VAL = 5, 6, 4, 8, 13
_INTEGER_VALS = {7, 10, 11, 13, 16, 17}


class Float32Bits(int):
    """The bit pattern of a float32: kept as bits so that the payload of a NaN survives."""


Scalar = Float32Bits | float


def scalar(data: bytes, start: int, stop: int) -> Scalar | None:
    """Return the only element of the TensorProto at `data[start:stop]`; None where it has no or several numbers.

    A float32 (or float16, which float32 holds exactly) comes back as its bits, all other types as a float.
    Raises WireError where the bytes are no message.
    """
    kind = 0
    found: list[Scalar] = []
    content: bytes | None = None
    for number, wire, a, b in fields(data, start, stop):
        if number == 1 and wire == VARINT:
            kind = a
        elif number == 2 and wire == BYTES:
            if _elements(data, a, b) != 1:
                return None
        elif number == _CONTENT_FIELD and wire == BYTES:
            content = data[a:b]
        elif number == _FLOAT_VAL and wire in (BYTES, FIXED32):
            found += [Float32Bits(x) for (x,) in struct.iter_unpack("<I", data[a : b - (b - a) % 4])]
        elif number == _DOUBLE_VAL and wire in (BYTES, FIXED64):
            found += [x for (x,) in struct.iter_unpack("<d", data[a : b - (b - a) % 8])]
        elif number in _INTEGER_VALS and wire in (VARINT, BYTES):
            found += [_integer(number, kind, x) for x in ([a] if wire == VARINT else _varints(data, a, b))]
    if content:
        return _from_content(kind, content)
    if kind == STRING or len(found) > 1:
        return None
    return found[0] if found else None


def _elements(data: bytes, start: int, stop: int) -> int:
    count = 1
    for number, wire, a, b in fields(data, start, stop):
        if number == 2 and wire == BYTES:
            size = 0
            for inner, kind, value, _ in fields(data, a, b):
                if inner == 1 and kind == VARINT:
                    size = signed(value)
            count *= size
    return count


def _varints(data: bytes, start: int, stop: int) -> list[int]:
    out: list[int] = []
    while start < stop and len(out) < 2:
        value, start = varint(data, start)
        out.append(value)
    return out


def _integer(number: int, kind: int, value: int) -> Scalar:
    if number == _HALF_VAL:
        return _small_float(kind, value & 0xFFFF)
    return float(value if number in (16, 17) else signed(value))


def _small_float(kind: int, bits: int) -> Float32Bits:
    if kind == BFLOAT16:
        return Float32Bits(bits << 16)
    (value,) = struct.unpack("<e", struct.pack("<H", bits))
    return Float32Bits(int.from_bytes(struct.pack("<f", value), "little"))


def _from_content(kind: int, content: bytes) -> Scalar | None:
    if kind in (HALF, BFLOAT16) and len(content) == 2:
        return _small_float(kind, int.from_bytes(content, "little"))
    code = _CONTENT.get(kind)
    if code is None or struct.calcsize("<" + code) != len(content):
        return None
    if kind == FLOAT:
        return Float32Bits(int.from_bytes(content, "little"))
    return float(struct.unpack("<" + code, content)[0])
