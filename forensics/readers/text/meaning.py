"""What one record of a free-text log says: its fields, its counters, and the numbers that make series."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from forensics.readers.jsontext import loads
from forensics.readers.steps import COARSE, is_counter, pick
from forensics.readers.text.fields import Fields, block_fields, message_fields, title_of
from forensics.readers.text.jsonrecord import numbers
from forensics.readers.text.meters import meter_fields
from forensics.readers.text.printed_columns import PrintedColumns
from forensics.readers.text.records import Record
from forensics.readers.text.step_words import Steps, steps_of, without_bar
from forensics.readers.text.table import table_fields
from forensics.safety.limits import Limits

Meaning = tuple[Fields, Steps, dict[str, float]]

_NO_TAG = re.compile(r"[^\w.%]+")
_STEP_WORDS = re.compile(
    r"\b(?:(?:env|global|total|training|train|current)[ _])?"
    r"(?:time)?(?:step|iter(?:ation)?|epoch|episode|update)s?\s{0,4}[:=#]?\s{0,4}[\d,/]+",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\W{0,80}(?:(?:starting|training) )?(?:epoch|iteration|step|episode)\s{0,4}[:#]?\s{0,4}\d{1,12}"
    r"(?:\s?/\s?\d{1,12})?\W{0,80}",
    re.IGNORECASE,
)
# A line that reports how well it goes is about the step that was named last: "Evaluation over 10 episodes: 12.3".
_REPORTS = re.compile(
    r"\W{0,12}(?:(?:[A-Za-z]{1,20}[ _]){0,3}(?:reward|return|score)s?\b"
    r"|(?:eval|evaluation|test|val|valid|validation|average|avg|mean|last \d{1,6})\b)",
    re.IGNORECASE,
)


# The numbers of a line that begins so are of no training, whatever their own names say.
_SIDE = re.compile(r"\W{0,4}(?:epoch\()?(eval|evaluation|val|valid|validation|test|testing)\b", re.IGNORECASE)
_SIDES = frozenset("eval evaluation val valid validation test testing".split())
_RATES = ("s", "it")  # tokens/s is no counter


class RecordReader:
    """Reads records one after the other: a line that only names an epoch counts for the prints below it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._announced = Steps()
        self._last = Steps()
        self._columns = PrintedColumns()

    def meaning(self, record: Record) -> Meaning:
        """Return the fields of a record, its counters, and numbers by tag; without a step there are none.

        The repr of a dict, or a JSON object, is one moment's numbers even where it names no step.
        """
        if record.kind == "traceback":
            return {}, Steps(), {}
        if record.kind == "table":
            return self._seen(_table(record, self._limits))
        document = _object(record.text)
        if document is not None:
            return self._seen(_of_object(document, self._limits))
        meters = meter_fields(record.text)
        if meters is not None:
            return self._seen(_of_object(meters, self._limits))
        printed = self._columns.fields(record.text) if record.prefix is None else None
        if printed is not None:
            return self._seen(_of_object(printed, self._limits))
        steps = steps_of(record.text)
        if steps.row is not None:
            announces = record.prefix is None and _ANNOUNCES.fullmatch(record.text)
            self._announced = steps if announces else Steps()
            self._last = steps
        elif record.prefix is None and self._announced.row is not None:
            steps = self._announced
        elif _REPORTS.match(record.text):
            steps = self._last
        fields = message_fields(without_bar(record.text))
        stepped = steps.row is not None or record.text.startswith("{'")
        tags = _tags(fields, "") if fields and stepped else {}
        side = _SIDE.match(record.text)
        if side:
            tags = {_on(side[1].lower(), tag): value for tag, value in tags.items()}
        if record.body:
            block = block_fields(record.body, self._limits.fields)
            if block and steps.row is not None:
                tags |= _tags(block, _heading(record.text) if record.text.endswith(":") else "")
            fields |= block
        return fields, steps, tags

    def _seen(self, meaning: Meaning) -> Meaning:
        """Note the step of a table or an object for the lines below it."""
        if meaning[1].row is not None:
            self._last = meaning[1]
        return meaning


def _table(record: Record, limits: Limits) -> Meaning:
    fields = table_fields(record.body, limits.fields)
    step, update, axis, used = pick(fields)
    tags = {name: value for name, value in fields.items() if isinstance(value, float) and name not in used}
    return fields, _steps(step, update, axis), tags if step is not None else {}


def _object(text: str) -> dict[str, Any] | None:
    if not text.startswith('{"'):
        return None
    try:
        document = loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _of_object(document: Mapping[str, Any], limits: Limits) -> Meaning:
    step, update, axis, used = pick(document)
    tags = dict(numbers(document, "", used, limits.nesting))
    fields: Fields = dict(list(tags.items())[: limits.fields])
    return fields, _steps(step, update, axis), tags


def _steps(step: int | None, update: int | None, axis: str) -> Steps:
    return Steps(step, axis, None if axis in COARSE else step, update)


def _tags(fields: Fields, title: str) -> dict[str, float]:
    found = {}
    for name, value in fields.items():
        if isinstance(value, float):
            tag = _tag(title, name)
            if tag:
                found[tag] = value
    return found


def _on(side: str, tag: str) -> str:
    """Return a tag below the side that its line is of, unless it names one itself."""
    return tag if _SIDES.intersection(re.split(r"[/_]", tag)) else f"{side}/{tag}"


@lru_cache(maxsize=16384)
def _tag(title: str, name: str) -> str:
    """Return the tag of a field: lower case, words joined by _, sections by /; "" for a counter."""
    words = name.rpartition("/")[2].split(" ")
    if is_counter(words[-1]) and "per" not in words and not ("/" in name and words[-1] in _RATES):
        return ""
    parts = (_NO_TAG.sub("_", part).strip("_").lower() for part in (title, *name.split("/")))
    return "/".join(part for part in parts if part)


def _heading(text: str) -> str:
    return title_of(_STEP_WORDS.sub(" ", text))
