"""What one record of a free-text log says: its fields, its counters, and the numbers that make series."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from forensics.readers.jsontext import loads
from forensics.readers.steps import COARSE, is_counter, pick
from forensics.readers.text.fields import Fields, block_fields, message_fields, title_of
from forensics.readers.text.jsonrecord import numbers
from forensics.readers.text.records import Record
from forensics.readers.text.step_words import Steps, steps_of
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
    r"\W{0,4}(?:epoch|iteration|step)\s{0,4}:?\s{0,4}\d{1,12}(?:\s?/\s?\d{1,12})?\W{0,6}", re.IGNORECASE
)


class RecordReader:
    """Reads records one after the other: a line that only names an epoch counts for the prints below it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._announced = Steps()

    def meaning(self, record: Record) -> Meaning:
        """Return the fields of a record, its counters, and numbers by tag; without a step there are none.

        The repr of a dict, or a JSON object, is one moment's numbers even where it names no step.
        """
        if record.kind == "traceback":
            return {}, Steps(), {}
        if record.kind == "table":
            return _table(record, self._limits)
        document = _object(record.text)
        if document is not None:
            return _of_object(document, self._limits)
        steps = steps_of(record.text)
        if steps.row is not None:
            announces = record.prefix is None and _ANNOUNCES.fullmatch(record.text)
            self._announced = steps if announces else Steps()
        elif record.prefix is None:
            steps = self._announced
        fields = message_fields(record.text)
        stepped = steps.row is not None or record.text.startswith("{'")
        tags = _tags(fields, "") if fields and stepped else {}
        if record.body:
            block = block_fields(record.body, self._limits.fields)
            if block and steps.row is not None:
                tags |= _tags(block, _heading(record.text) if record.text.endswith(":") else "")
            fields |= block
        return fields, steps, tags


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


def _of_object(document: dict[str, Any], limits: Limits) -> Meaning:
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


@lru_cache(maxsize=16384)
def _tag(title: str, name: str) -> str:
    """Return the tag of a field: lower case, words joined by _, sections by /; "" for a counter."""
    if is_counter(name.rpartition("/")[2].rpartition(" ")[2]):
        return ""
    parts = (_NO_TAG.sub("_", part).strip("_").lower() for part in (title, *name.split("/")))
    return "/".join(part for part in parts if part)


def _heading(text: str) -> str:
    return title_of(_STEP_WORDS.sub(" ", text))
