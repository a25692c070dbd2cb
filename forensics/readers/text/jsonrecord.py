"""One JSON record taken apart: its numbers by path, and the message it carries, if it carries one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from forensics.model.evidence import LogRecord
from forensics.readers.jsontext import storable
from forensics.readers.steps import is_counter
from forensics.readers.text.levels import SEVERE, level_of

# Bookkeeping of a record; its numbers are no measurements.
_SKIPPED = frozenset({
    "ts", "time", "timestamp", "_timestamp", "created", "asctime", "wall_time", "datetime", "monotonic", "run_id",
    "schema", "event", "level", "levelno", "levelname", "lineno", "pid", "process", "thread", "logger", "msecs",
    "relativeCreated",
})  # fmt: skip
_MESSAGES = ("message", "msg", "text", "error", "exception")
# Events that say something in themselves, with or without words.
_SPEAKING = (
    "anomaly",
    "error",
    "warning",
    "alert",
    "exception",
    "crash",
    "fault",
    "run_start",
    "run_end",
    "checkpoint",
)
_NOT_FINITE = {
    "nan": float("nan"), "inf": float("inf"), "infinity": float("inf"), "+inf": float("inf"),
    "+infinity": float("inf"), "-inf": float("-inf"), "-infinity": float("-inf"), "-nan": float("nan"),
}  # fmt: skip
_KEY = 200


def numbers(record: Mapping[str, Any], prefix: str, used: Collection[str], deepest: int) -> list[tuple[str, float]]:
    """Return (path, number) of every numeric leaf; paths are joined by "/" and begin with `prefix`.

    A truth value is 0 or 1; the words NaN and Infinity are numbers. Lists are not taken apart: their length may
    change from record to record. What `used` names was a step counter and is passed over, as is bookkeeping.
    """
    found: list[tuple[str, float]] = []
    for key, value in record.items():
        if key not in _SKIPPED and key not in used:
            _leaves(
                prefix + (key if key.isascii() and len(key) < _KEY else storable(key[:_KEY])), value, deepest, found
            )
    return found


def _leaves(path: str, value: Any, deepest: int, found: list[tuple[str, float]]) -> None:
    if isinstance(value, float):
        found.append((path, value))
    elif isinstance(value, int):
        try:
            found.append((path, float(value)))
        except OverflowError:
            found.append((path, float("inf") if value > 0 else float("-inf")))
    elif isinstance(value, str):
        number = _NOT_FINITE.get(value.lower()) if len(value) < 10 else None
        if number is not None:
            found.append((path, number))
    elif isinstance(value, dict) and deepest > 0:
        for key, item in value.items():
            _leaves(f"{path}/{storable(key[:_KEY])}", item, deepest - 1, found)


@lru_cache(maxsize=1024)
def _speaks(event: str) -> bool:
    """Tell whether an event says something in itself; words in its place are a message (structlog)."""
    return " " in event or any(word in event.lower() for word in _SPEAKING)


def as_log_record(
    record: Mapping[str, Any], file: str, line: int, step: int | None, update: int | None, time: float | None, most: int
) -> LogRecord | None:
    """Return the log record of an object that has a message, a severe level or a speaking event, else None.

    `fields` gets at most `most` of its other values; counters are left out of them, as is bookkeeping.
    """
    event = record.get("event")
    level = level_of(record.get("level", record.get("levelname", record.get("severity"))))
    text = next((record[key] for key in _MESSAGES if isinstance(record.get(key), str) and record[key]), "")
    if not text and level not in SEVERE and not (isinstance(event, str) and _speaks(event)):
        return None
    named = event.lower() if isinstance(event, str) else ""
    fields: dict[str, float | str] = {}
    for key, value in record.items():
        if key in _SKIPPED or key in _MESSAGES or is_counter(key) or len(fields) >= most:
            continue
        numeric: list[tuple[str, float]] = []
        _leaves(storable(key[:_KEY]), value, 3, numeric)
        fields |= dict(numeric)
        if isinstance(value, str) and key not in fields:
            fields[storable(key[:_KEY])] = storable(value[:1000])
    lines = storable(str(text or event or level)).splitlines() or [""]
    if "error" in named and not level:
        level = "ERROR"
    logger = record.get("logger", record.get("name", named if text else ""))
    return LogRecord(
        file=file,
        line=line,
        last_line=line,
        message=lines[0][:4000],
        level=level,
        logger=storable(logger) if isinstance(logger, str) else "",
        time=time,
        body=tuple(lines[1:200]),
        fields=fields,
        step=step,
        update=update,
    )
