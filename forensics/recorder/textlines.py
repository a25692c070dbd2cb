"""train.log and episodes.jsonl."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from forensics.recorder.moment import Moment
from forensics.recorder.numbers import Plain, shown
from forensics.recorder.sidelog import SideLog


class TextLog:
    """train.log: time, level and message, with continuation lines indented."""

    def __init__(self, path: Path) -> None:
        self._file = SideLog(path, lambda count: _text("WARNING", f"{count} lines of this log could not be written"))
        self.close = self._file.close

    def write(self, level: str, message: str) -> None:
        """Write one message."""
        self._file.write(_text(level, message))

    def values(self, level: str, moment: Moment, values: Mapping[str, Plain]) -> None:
        """Write values as name=value, counters first."""
        counters = {"step": moment.step, "update": moment.update, "episode": moment.episode}
        shorter = {name: f"{value:.6g}" if isinstance(value, float) else value for name, value in values.items()}
        self.write(level, " ".join(f"{name}={value}" for name, value in {**counters, **shorter}.items()))


class Episodes:
    """episodes.jsonl: one line an episode."""

    def __init__(self, path: Path) -> None:
        self._file = SideLog(path, lambda count: msgspec.json.encode({"event": "gap", "lost_lines": count}) + b"\n")
        self.close = self._file.close

    def write(self, moment: Moment, run_id: str, values: Mapping[str, Plain]) -> None:
        """Write the line of one episode."""
        record: dict[str, object] = {"ts": moment.wall, "monotonic": moment.monotonic, "run_id": run_id}
        if moment.env_step is not None:
            record["env_step"] = moment.env_step
        record |= {"update": moment.update, "episode": moment.episode}
        self._file.write(msgspec.json.encode(record | {name: shown(value) for name, value in values.items()}) + b"\n")


def _text(level: str, message: str) -> bytes:
    stamp = datetime.fromtimestamp(time.time()).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    body = message.replace("\r", " ")
    return f"{stamp} {level} {body}\n".encode("utf-8", "backslashreplace")
