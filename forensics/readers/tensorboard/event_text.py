"""What the text and hparams plugins hold: strings, and hyperparameters as configuration facts."""

from __future__ import annotations

import struct
from typing import Any

from forensics.model.evidence import ConfigFact
from forensics.readers.tensorboard.event import plugin_content, tag_text
from forensics.readers.tensorboard.protobuf import BYTES, FIXED64, VARINT, fields


def text_of(data: bytes, start: int, stop: int) -> str:
    """Return the strings of a string tensor, joined by line feeds."""
    parts = [data[a:b] for number, wire, a, b in fields(data, start, stop) if number == 8 and wire == BYTES]
    return "\n".join(tag_text(part) for part in parts)


def hparams_of(data: bytes, start: int, stop: int, file: str) -> list[ConfigFact]:
    """Return the hyperparameters of a session start (hparams plugin_data.proto) in the metadata `data[start:stop]`."""
    facts = []
    content = plugin_content(data, start, stop)
    for number, wire, a, b in fields(data, *content) if content else ():
        if number == 3 and wire == BYTES:
            for inner, kind, c, d in fields(data, a, b):
                if inner == 1 and kind == BYTES:
                    key, value = _entry(data, c, d)
                    facts.append(ConfigFact(key=key, value=value, file=file, origin="hparams"))
    return facts


def _entry(data: bytes, start: int, stop: int) -> tuple[str, Any]:
    key, value = "", None
    for number, wire, a, b in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            key = tag_text(data[a:b])
        elif number == 2 and wire == BYTES:
            value = _plain(data, a, b)
    return key, value


def _plain(data: bytes, start: int, stop: int, depth: int = 0) -> Any:
    """Return a google.protobuf.Value as a plain value; the format knows no integers, so whole numbers become int."""
    for number, wire, a, b in fields(data, start, stop):
        if number == 2 and wire == FIXED64:
            (value,) = struct.unpack_from("<d", data, a)
            return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
        if number == 3 and wire == BYTES:
            return tag_text(data[a:b])
        if number == 4 and wire == VARINT:
            return bool(a)
        if number == 6 and wire == BYTES and depth < 8:
            return [_plain(data, c, d, depth + 1) for n, w, c, d in fields(data, a, b) if (n, w) == (1, BYTES)]
    return None
