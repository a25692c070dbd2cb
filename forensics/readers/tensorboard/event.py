"""Exact decoding: one event at a time, any layout, after event.proto and summary.proto of TensorBoard."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from forensics.readers.tensorboard.protobuf import BYTES, FIXED32, FIXED64, VARINT, fields, signed
from forensics.readers.tensorboard.tensors import Float32Bits, Scalar, scalar

SCALARS, TEXT, HPARAMS = "scalars", "text", "hparams"
SESSION_START = 1

_WALL = struct.Struct("<d")
_KINDS = {3: "old histogram", 4: "image", 5: "histogram", 6: "audio", 8: "tensor"}
_EVENT_KINDS = {4: "graph", 6: "log message", 8: "run metadata", 9: "meta graph"}


@dataclass(slots=True)
class Event:
    """One event. `scalars` are (tag, value); `others` are (tag, kind, plugin, start, stop, metadata span)."""

    wall: float = 0.0
    step: int = 0
    version: str = ""
    session_start: bool = False
    scalars: list[tuple[str, Scalar]] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)


@dataclass(slots=True)
class Other:
    """A value that is no scalar: where its content stands in the record, and why it is not read if it is odd."""

    tag: str
    kind: str
    plugin: str = ""
    start: int = 0
    stop: int = 0
    meta: tuple[int, int] = (0, 0)
    odd: str = ""


def tag_text(tag: bytes) -> str:
    """Return a tag as text; bytes that are no UTF-8 stay visible as escapes."""
    return tag.decode("utf-8", "backslashreplace")


def plugin_of(data: bytes, start: int, stop: int) -> str:
    """Return the plugin name of the SummaryMetadata `data[start:stop]`."""
    for number, wire, a, b in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            for inner, kind, c, d in fields(data, a, b):
                if inner == 1 and kind == BYTES:
                    return tag_text(data[c:d])
    return ""


def plugin_content(data: bytes, start: int, stop: int) -> tuple[int, int] | None:
    """Return where the plugin's own bytes stand in the SummaryMetadata `data[start:stop]`."""
    for number, wire, a, b in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            for inner, kind, c, d in fields(data, a, b):
                if inner == 2 and kind == BYTES:
                    return c, d
    return None


def parse_event(data: bytes, plugins: dict[str, str]) -> Event:
    """Decode one event. Raises WireError where the bytes are no event.

    `plugins` remembers the plugin of each tag: writers may name it with a tag's first value only.
    """
    event = Event()
    for number, wire, a, b in fields(data, 0, len(data)):
        if number == 1 and wire == FIXED64:
            (event.wall,) = _WALL.unpack_from(data, a)
        elif number == 2 and wire == VARINT:
            event.step = signed(a)
        elif number == 5 and wire == BYTES:
            for inner, kind, c, d in fields(data, a, b):
                if inner == 1 and kind == BYTES:
                    _value(data, c, d, event, plugins)
        elif number == 3 and wire == BYTES:
            event.version = tag_text(data[a:b])
        elif number == 7 and wire == BYTES:
            event.session_start = any(f[:3] == (1, VARINT, SESSION_START) for f in fields(data, a, b))
        elif number in _EVENT_KINDS and wire == BYTES:
            event.others.append(Other("", _EVENT_KINDS[number], start=a, stop=b))
    return event


def _value(data: bytes, start: int, stop: int, event: Event, plugins: dict[str, str]) -> None:
    tag = ""
    kind = 0
    content = meta = (0, 0)
    for number, wire, a, b in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            tag = data[a:b].decode("utf-8", "backslashreplace")
        elif (number == 2 and wire == FIXED32) or (number in _KINDS and wire == BYTES):
            kind, content = number, (a, b)
        elif number == 9 and wire == BYTES:
            meta = (a, b)
    if meta != (0, 0):
        plugins[tag] = plugin_of(data, *meta) or plugins.get(tag, "")
    if kind == 2:
        event.scalars.append((tag, Float32Bits(int.from_bytes(data[content[0] : content[1]], "little"))))
        return
    plugin = plugins.get(tag, "")
    if kind == 8 and plugin in (SCALARS, ""):
        value = scalar(data, *content)
        if value is not None:
            event.scalars.append((tag, value))
            return
    other = Other(tag, _KINDS.get(kind, "empty value"), plugin, *content, meta)
    if kind == 8 and plugin == SCALARS:
        other.odd = "its tensor holds no single number"
    elif kind == 5 and not _histogram_is_whole(data, *content):
        other.odd = "its limits and counts do not fit together"
    event.others.append(other)


def _histogram_is_whole(data: bytes, start: int, stop: int) -> bool:
    """Whether a histogram has one count for each limit (histogram.proto: bucket_limit 6, bucket 7, doubles)."""
    sizes = {6: 0, 7: 0}
    for number, wire, a, b in fields(data, start, stop):
        if number in sizes and wire in (BYTES, FIXED64):
            sizes[number] += b - a
    return sizes[6] == sizes[7]
