"""Records as lines of debug.jsonl: an envelope that is the same on every line, and a payload."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from forensics.recorder.moment import Moment
from forensics.recorder.numbers import Plain, shown

SCHEMA = 1
_encode = msgspec.json.Encoder().encode


def line(moment: Moment, run_id: str, event: str, level: str, payload: Mapping[str, object]) -> bytes:
    """Return one line, its newline included. Numbers that are not finite become strings."""
    record: dict[str, object] = {"ts": moment.wall, "monotonic": moment.monotonic, "run_id": run_id}
    if moment.env_step is not None:
        record["env_step"] = moment.env_step
    record |= {"update": moment.update, "episode": moment.episode, "event": event, "level": level, "schema": SCHEMA}
    record["payload"] = {key: shown(value) for key, value in payload.items()}
    return _encode(record) + b"\n"


def lines(moment: Moment, run_id: str, level: str, values: Mapping[str, Plain]) -> bytes:
    """Return the lines of one record: tags `event/key` grouped by event, in the order in which events appear."""
    events: dict[str, dict[str, Plain]] = {}
    for tag, value in values.items():
        event, _, key = tag.partition("/")
        events.setdefault(event, {})[key] = value
    return b"".join(line(moment, run_id, event, level, payload) for event, payload in events.items())
