"""What stands before the message of a log line: time, logger, level. Every pattern is anchored and bounded."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from forensics.readers.stamps import to_unix
from forensics.readers.text.levels import LEVELS, level_of


class Prefix(NamedTuple):
    """The head of one log line; `time` is Unix seconds, `level` and `logger` are "" where the format has none."""

    message: str
    level: str = ""
    logger: str = ""
    time: float | None = None


_LEVEL = "|".join(LEVELS)
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:\s?Z|\s?UTC|\s?[+-]\d\d:?\d\d)?"
_TIME = (
    rf"\d{{4}}[-/]\d\d[-/]\d\d[T _,]{_CLOCK}|\d\d/\d\d/\d{{4}}[T ]{_CLOCK}|\d\d[-/]\d\d {_CLOCK}|{_CLOCK}"
    r"|\d{10}(?:\.\d{1,9})?"
)
_SEP = r"[\s\-|:,\[\]()]{1,12}"
_TOKEN = r"[A-Za-z_<][\w.\-/<>$]{0,99}(?::[\w<>.]{1,80}){0,2}"  # noqa: S105 (a pattern, not a secret)

_STAMP = re.compile(rf"\[?({_TIME})\]?(?=[\s\-|:,\[]|$)")
# After the time: up to two fields set off by strong separators (process, thread), a logger, then the level.
_LEVEL_AFTER = re.compile(
    rf"{_SEP}(?:[\w.\-]{{1,60}}(?: - | \| |\]\s?\[)){{0,2}}?(?:({_TOKEN}){_SEP})??\[?({_LEVEL})\b[\])]?"
)
_LOWER_LEVEL_AFTER = re.compile(r"\s\[(debug|info|warning|error|critical)\s{0,12}\]", re.IGNORECASE)
_BETWEEN = re.compile(r"\s{0,12}(?:[-|:\]](?=\s|$|\[))?\s{0,200}")
# A logger that follows the level: module:function:line, a dotted name, or file.py:12 in brackets.
_LOGGER_AFTER = re.compile(
    r"([A-Za-z_][\w.]{0,99}:[\w<>.]{1,80}(?::\d{1,7})?) - |([A-Za-z_]\w{0,60}(?:\.\w{1,60}){1,8}): "
)
_FUNCTION_AFTER = re.compile(r"([A-Za-z_][\w.]{0,99}:[\w<>.]{1,80}:\d{1,7}) - ")
_PLACE_AFTER = re.compile(r"\[?([\w./\-]{1,200}\.py:\d{1,7})\]:?\s")
_NAMED_AFTER = re.compile(r"([A-Za-z_][\w.\-]{0,99}) - ")

_BASIC = re.compile(rf"({_LEVEL}):([\w.\-]{{1,100}}):(.{{0,100000}})", re.DOTALL)
_LEVEL_TIME = re.compile(rf"\[?({_LEVEL})\]?\s{{1,4}}\[?({_TIME})\]?(?=\s)")
_ABSL = re.compile(
    r"([IWEFDC])(\d{4}|\d{8}) (\d\d:\d\d:\d\d\.\d{1,9})\s{1,8}(?:\d{1,12} )?([\w.\-/]{1,200}:\d{1,7})\] ?"
)
# A print has no logger, so a word such as [DEBUG] in it is a topic; a severe word is taken at its word.
_SEVERE = re.compile(r"\[(WARNING|WARN|ERROR|CRITICAL|FATAL)\]:?\s|(WARNING|WARN|ERROR|CRITICAL|FATAL)(?::\s| - | \| )")
_PYTHON_WARNING = re.compile(r"[^\s:][^:\n]{0,300}:\d{1,7}: (\w{0,60}Warning): ")
_BARE_ERROR = re.compile(r"(?:\w{1,60}\.){0,6}[A-Z]\w{1,60}(?:Error|Exception): (?![+-]?[\d.]+\s*$)")
_KILLED = re.compile(
    r"(?:Killed|Terminated|Segmentation fault|Aborted|Bus error)(?: \(core dumped\))?\s{0,9}"
    r"|slurmstepd: error: .{1,1000}"
)
_STARTS = frozenset("[IWEFDCTNS")


def parse_prefix(line: str) -> Prefix | None:
    """Return the prefix and the message of a line, or None where the line begins with neither time nor level."""
    first = line[:1]
    if first.isdigit() or first == "[":
        found = _STAMP.match(line)
        if found:
            return _stamped(line, found)
    if first in _STARTS:
        found = _BASIC.match(line)
        if found:
            return Prefix(found[3].strip(), level_of(found[1]), found[2])
        found = _LEVEL_TIME.match(line)
        if found:
            rest = line[found.end() :].lstrip()
            place = _PLACE_AFTER.match(rest) or _FUNCTION_AFTER.match(rest)
            message = rest[place.end() :] if place else rest
            return Prefix(message.strip(), level_of(found[1]), place[1] if place else "", _unix(found[2]))
        found = _ABSL.match(line)
        if found:
            year = found[2][:4] if len(found[2]) == 8 else ""
            time = _unix(f"{year}-{found[2][4:6]}-{found[2][6:]} {found[3]}") if year else None
            return Prefix(line[found.end() :].strip(), level_of(found[1]), found[4], time)
        found = _SEVERE.match(line)
        if found:
            return Prefix(line[found.end() :].strip(), level_of(found[1] or found[2]))
    return None


def severe_print(line: str) -> Prefix | None:
    """Return a prefix for lines that no logger wrote and that still report a failure, else None."""
    if ": " in line:
        found = _PYTHON_WARNING.match(line)
        if found:
            return Prefix(line.strip(), "WARNING", found[1])
        if _BARE_ERROR.match(line):
            return Prefix(line.strip(), "ERROR")
    if line[0] in "KTSABs" and _KILLED.fullmatch(line):
        return Prefix(line.strip(), "CRITICAL")
    return None


def _stamped(line: str, stamp: re.Match[str]) -> Prefix:
    time, rest = _unix(stamp[1]), line[stamp.end() :]
    found = _LEVEL_AFTER.match(rest)
    if found:
        level, logger = level_of(found[2]), found[1] or ""
    else:
        found = _LOWER_LEVEL_AFTER.match(rest)
        level, logger = (level_of(found[1]), "") if found else ("", "")
    if not found:
        between = _BETWEEN.match(rest)
        return Prefix(rest[between.end() if between else 0 :].rstrip(), "", "", time)
    after = rest[found.end() :]
    between = _BETWEEN.match(after)
    message = after[between.end() if between else 0 :]
    if not logger:
        named = _LOGGER_AFTER.match(message) or _PLACE_AFTER.match(message)
        if named is None and after.startswith(" - "):
            named = _NAMED_AFTER.match(message)
        if named:
            logger = next(part for part in named.groups() if part)
            message = message[named.end() :]
    return Prefix(message.strip(), level, logger, time)


@lru_cache(maxsize=1024)
def _unix(text: str) -> float | None:
    return to_unix(text)
