"""Records as lines of debug.jsonl: an envelope that is the same on every line, and a payload."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from forensics.recorder.moment import Moment
from forensics.recorder.numbers import Plain, shown

SCHEMA = 1
_encode = msgspec.json.Encoder().encode


def line(moment: Moment, run_id: str, event: str, level: str, payload: Mapping[str, object]) -> bytes:
    """Return one line, its newline included. Numbers that are not finite become strings."""
    return _line(_envelope(moment, run_id), event, level, {key: shown(value) for key, value in payload.items()})


def lines(moment: Moment, run_id: str, level: str, values: Mapping[str, Plain]) -> bytes:
    """Return the lines of one record: tags `event/key` grouped by event, in the order in which events appear."""
    envelope = _envelope(moment, run_id)
    return b"".join(
        _line(envelope, event, level, {key: shown(values[tag]) for key, tag in keys})
        for event, keys in _by_event(tuple(values))
    )


def _line(envelope: bytes, event: str, level: str, payload: Mapping[str, object]) -> bytes:
    return b"".join((envelope, _kind(event, level), _encode(payload), b"}\n"))


def _envelope(moment: Moment, run_id: str) -> bytes:
    """Return the beginning of a line, which the lines of one record share."""
    record: dict[str, object] = {"ts": moment.wall, "monotonic": moment.monotonic, "run_id": run_id}
    if moment.env_step is not None:
        record["env_step"] = moment.env_step
    return _encode(record | {"update": moment.update, "episode": moment.episode})[:-1]


@lru_cache(maxsize=256)
def _kind(event: str, level: str) -> bytes:
    """Return what stands between the clocks and the payload."""
    return b"," + _encode({"event": event, "level": level, "schema": SCHEMA})[1:-1] + b',"payload":'


@lru_cache(maxsize=64)
def _by_event(tags: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the events of tags `event/key`, each with its keys and their tags."""
    events: dict[str, list[tuple[str, str]]] = {}
    for tag in tags:
        event, _, key = tag.partition("/")
        events.setdefault(event, []).append((key, tag))
    return list(events.items())
