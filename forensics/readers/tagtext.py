"""Hyperparameters that a script wrote into TensorBoard as text: a table of two columns (CleanRL, Stable-Baselines3
users), the repr of a Namespace or of a dict, or a JSON object."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from forensics.model.evidence import ConfigFact
from forensics.readers.flatten import TooMuchError, flatten
from forensics.readers.jsontext import loads, storable
from forensics.safety.limits import Limits

_NAMED = re.compile(r"param|config|cfg|args|arguments|settings|options|flags", re.IGNORECASE)
_ROW = re.compile(r"\s{0,20}\|([^|\n]{1,200})\|([^|\n]{0,4000})\|?\s{0,20}")
_RULE = re.compile(r"[\s:\-]{1,200}")
_NAMESPACE = re.compile(r"\s{0,20}\w{1,60}\((?=\w{1,60}=)(.{1,100000})\)\s{0,20}", re.DOTALL)
_PAIR = re.compile(
    r"(\w{1,100})=('[^'\n]{0,1000}'|\"[^\"\n]{0,1000}\"|[^,()\[\]{}'\"]{1,200}|[\[(][^()\[\]]{0,1000}[)\]])"
)
_LIMITS = Limits(nodes=5_000)
_REPR = 100_000


def facts_of_text(tag: str, text: str, file: str) -> list[ConfigFact]:
    """Return the configuration that the text summary `tag` spells out, or nothing where it is prose."""
    if len(text) > 1_000_000 or not _NAMED.search(tag):
        return []
    return [
        ConfigFact(key=storable(key), value=value, file=file, origin="text")
        for key, value in (_table(text) or _object(text) or _namespace(text) or _dict(text))
        if key
    ]


def literal(text: str) -> Any:
    """Return the number, truth value, None or list that `text` is the repr of, else the text itself."""
    stripped = text.strip()
    if len(stripped) > 1000:
        return storable(stripped)
    try:
        value = ast.literal_eval(stripped)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return storable(stripped)
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int | float | bool | list) or value is None else storable(stripped)


def _table(text: str) -> list[tuple[str, Any]]:
    rows = [found for found in map(_ROW.fullmatch, text.split("\n")) if found]
    if len(rows) < 3 or not _RULE.fullmatch(rows[1][1]):
        return []
    return [(row[1].strip(), literal(row[2])) for row in rows[2:]]


def _object(text: str) -> list[tuple[str, Any]]:
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        return []
    try:
        return list(flatten(loads(text[begin : end + 1]), _LIMITS))
    except (ValueError, TooMuchError):
        return []


def _dict(text: str) -> list[tuple[str, Any]]:
    """Return the items of the repr of a dict of plain values, tuples as lists."""
    text = text.strip()
    if not text.startswith("{") or len(text) > _REPR:
        return []
    try:
        value = ast.literal_eval(text)
        return list(flatten(loads(json.dumps(value, default=str)), _LIMITS)) if isinstance(value, dict) else []
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError, TooMuchError):
        return []


def _namespace(text: str) -> list[tuple[str, Any]]:
    found = _NAMESPACE.fullmatch(text)
    return [(pair[1], literal(pair[2])) for pair in _PAIR.finditer(found[1])] if found else []
