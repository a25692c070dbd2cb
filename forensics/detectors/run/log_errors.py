"""Which log records report an error. The word ERROR inside a record of a lower level does not count."""

from __future__ import annotations

from forensics.model.evidence import LogRecord

ERROR_LEVELS = frozenset({"ERROR", "CRITICAL", "FATAL"})
TRACEBACK = "Traceback (most recent call last)"


def is_traceback(record: LogRecord) -> bool:
    """Whether a Python traceback begins in this record."""
    return any(line.lstrip().startswith(TRACEBACK) for line in (record.message, *record.body))


def is_error(record: LogRecord) -> bool:
    """Whether the record is of level ERROR or above, or holds a traceback at no level below WARNING."""
    level = record.level.upper()
    return level in ERROR_LEVELS or (level not in ("DEBUG", "INFO") and is_traceback(record))


def is_warning(record: LogRecord) -> bool:
    """Whether the record is of level WARNING."""
    return record.level.upper() in ("WARNING", "WARN")


def last_line(record: LogRecord) -> str:
    """Return what the record says: the exception of its traceback where it holds one, else its message."""
    if is_traceback(record):
        told = [line for line in record.body if line.strip() and not line.startswith((" ", "\t"))]
        if told:
            return told[-1]
    return record.message
