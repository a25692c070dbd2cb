"""Puts lines of a free-text log together into records: prefixed lines, what continues them, tables, tracebacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from forensics.readers.text.fields import RULES, is_rule
from forensics.readers.text.lines import Decoded, text_of
from forensics.readers.text.meters import is_meters
from forensics.readers.text.prefix import Prefix, parse_prefix, severe_print
from forensics.readers.text.printed_columns import begins_columns
from forensics.readers.text.step_words import steps_of

_TRACEBACK = "Traceback (most recent call last)"
# CSI, OSC and the short escapes; what a terminal would act on and a file should not hold.
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|\x1b[@-Z\\^_=>78]|\x1b"
)
_FINAL = re.compile(r"[A-Za-z_][\w.]{0,200}(?::|$)")


@dataclass(slots=True)
class Record:
    """One record while it grows. `prefix` is None for a line that has neither time nor level."""

    line: int
    last_line: int
    text: str
    prefix: Prefix | None = None
    body: list[str] = field(default_factory=list)
    kind: str = "text"


def records(lines: Iterable[tuple[int, int, bytes]], seen: Decoded) -> Iterator[Record]:
    """Yield the records of a log in their order.

    Indented lines continue the record before them; so does a line at the margin right below a prefixed record,
    unless it looks like something printed in between: a bracket, a rule, a table, a step of its own. A traceback is a
    record of its own, as is a table.
    """
    current: Record | None = None
    gap = False
    for number, text in _shown(lines, seen):
        if not text or text.isspace():
            gap = True
            continue
        inside = text[0] in " \t" and current is not None and current.prefix is not None
        if inside and current is not None and not _begins(text, gap):  # by far the most lines
            current.body.append(text)
            current.last_line = number
            gap = False
            continue
        if text[0] in RULES and is_rule(text):
            gap = True  # a line that is only drawn says nothing, and parts what it stands between
            continue
        if current is not None and _continues(current, text, gap):
            current.body.append(text)
            current.last_line = number
        else:
            started = _started(number, text)
            if (
                current is not None
                and current.kind == "traceback"
                and started.kind == "text"
                and _ends(current, started)
            ):
                current.text, current.last_line = started.text, number
                yield current
                current = None
            else:
                if current is not None:
                    yield current
                current = started
        gap = False
    if current is not None:
        yield current


def _shown(lines: Iterable[tuple[int, int, bytes]], seen: Decoded) -> Iterator[tuple[int, str]]:
    """Yield lines without what a terminal would act on; of text that was drawn over, what stood last at each step.

    A long line that was drawn over comes in pieces of one number: its state may go on in the next.
    """
    held: tuple[int, str, int | None] | None = None
    for number, _, raw in lines:
        text = text_of(raw, seen)
        if "\r" not in text and "\x1b" not in text and "\x9b" not in text:
            if held is not None:
                yield held[:2]
                held = None
            yield number, text
            continue
        text = _ANSI.sub("", text)
        parts = [part for part in text.split("\r") if part and not part.isspace()] or [""]
        counters = [steps_of(part).row for part in parts]
        if held is not None and (held[0] != number or held[2] is None or held[2] != counters[0]):
            yield held[:2]
        for part, counter, following in zip(parts[:-1], counters[:-1], counters[1:], strict=True):
            if counter is not None and counter != following:
                yield number, part
        held = number, parts[-1], counters[-1]
    if held is not None:
        yield held[:2]


def _begins(text: str, gap: bool) -> bool:
    """Tell whether an indented line is a record of its own: it has a time, or stands apart in columns with a step."""
    text = text.lstrip()
    if text[0].isdigit() or text[0] == "[":
        prefix = parse_prefix(text)
        return prefix is not None and prefix.time is not None
    return gap and " | " in text and steps_of(text).row is not None


def _continues(current: Record, text: str, gap: bool) -> bool:
    first = text[0]
    if current.kind == "traceback":
        return first in " \t" or text.startswith(("|", "+"))
    if current.kind == "table":
        return first == "|" and not gap
    if first in " \t":
        own = is_meters(text) or begins_columns(text) or steps_of(text).row is not None or _begins(text, gap)
        return not (text.lstrip().startswith("| ") or own)
    if current.prefix is None or gap or not (first.isalpha() or first in "\"'(") or _TRACEBACK in text:
        return False
    return parse_prefix(text) is None and severe_print(text) is None and steps_of(text).row is None


def _started(number: int, text: str) -> Record:
    if text.startswith(_TRACEBACK):
        return Record(number, number, "Traceback", Prefix("Traceback", "ERROR"), [text], "traceback")
    if text[0] == "|" and text.rstrip().strip("|").count("|") == 1:
        return Record(number, number, "", None, [text], "table")
    text = text.lstrip()
    prefix = parse_prefix(text) or severe_print(text)
    return Record(number, number, prefix.message if prefix else text.strip(), prefix)


def _ends(traceback: Record, started: Record) -> bool:
    """Tell whether a line at the margin is the last line of a traceback, the one that names the exception."""
    stamped = started.prefix is not None and started.prefix.time is not None
    return len(traceback.body) > 1 and not stamped and _FINAL.match(started.text) is not None
