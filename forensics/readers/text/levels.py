"""Names of log levels, brought to those of Python's logging."""

from __future__ import annotations

_ALIASES = {"WARN": "WARNING", "FATAL": "CRITICAL", "ERR": "ERROR", "PANIC": "CRITICAL", "D": "DEBUG", "I": "INFO",
            "W": "WARNING", "E": "ERROR", "F": "CRITICAL", "C": "CRITICAL"}  # fmt: skip
_NUMBERS = {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}
LEVELS = ("DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL", "TRACE", "SUCCESS", "NOTICE")
SEVERE = frozenset({"WARNING", "ERROR", "CRITICAL"})


def level_of(word: object) -> str:
    """Return the level that a word, a letter or a number of logging names; "" where it is none."""
    if isinstance(word, int) and not isinstance(word, bool):
        return _NUMBERS.get(word, "")
    if not isinstance(word, str):
        return ""
    name = word.strip().upper()
    name = _ALIASES.get(name, name)
    return name if name in LEVELS else ""
