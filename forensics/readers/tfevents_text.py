"""Configuration and texts that a run wrote into its event file: hparams and text plugins."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from forensics.model.evidence import ConfigFact
from forensics.readers.protobuf import BYTES, FIXED64, VARINT, fields
from forensics.readers.tfevents_event import plugin_content, tag_text
from forensics.readers.tfevents_file import TextEntry

# Header names of two-column tables of hyperparameters (CleanRL, Stable-Baselines3, Lightning users).
_KEY_NAMES = {"param", "parameter", "key", "name", "hyperparameter", "hparam", "config", "argument", "arg", "setting"}
_CONFIG_TAG = re.compile(r"hyper|hparam|config|args|param", re.IGNORECASE)
_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*")
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})(e[+-]?\d{1,4})?|[+-]?inf|nan", re.IGNORECASE)
_WORDS: dict[str, Any] = {"true": True, "false": False, "none": None, "null": None}


def text_of(data: bytes, start: int, stop: int) -> str:
    """Return the strings of a string tensor, joined by line feeds."""
    parts = [data[a:b] for number, wire, a, b in fields(data, start, stop) if number == 8 and wire == BYTES]
    return "\n".join(tag_text(part) for part in parts)


def hparams_of(data: bytes, start: int, stop: int, file: str) -> list[ConfigFact]:
    """Return the hyperparameters of a session start (hparams plugin_data.proto) in the metadata `data[start:stop]`."""
    facts = []
    content = plugin_content(data, start, stop)
    for number, wire, a, b in fields(data, *content) if content else ():
        if number == 3 and wire == BYTES:
            for inner, kind, c, d in fields(data, a, b):
                if inner == 1 and kind == BYTES:
                    key, value = _entry(data, c, d)
                    facts.append(ConfigFact(key=key, value=value, file=file, origin="hparams"))
    return facts


def _entry(data: bytes, start: int, stop: int) -> tuple[str, Any]:
    key, value = "", None
    for number, wire, a, b in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            key = tag_text(data[a:b])
        elif number == 2 and wire == BYTES:
            value = _plain(data, a, b)
    return key, value


def _plain(data: bytes, start: int, stop: int, depth: int = 0) -> Any:
    """Return a google.protobuf.Value as a plain value; the format knows no integers, so whole numbers become int."""
    for number, wire, a, b in fields(data, start, stop):
        if number == 2 and wire == FIXED64:
            (value,) = struct.unpack_from("<d", data, a)
            return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
        if number == 3 and wire == BYTES:
            return tag_text(data[a:b])
        if number == 4 and wire == VARINT:
            return bool(a)
        if number == 6 and wire == BYTES and depth < 8:
            return [_plain(data, c, d, depth + 1) for n, w, c, d in fields(data, a, b) if (n, w) == (1, BYTES)]
    return None


def table_facts(entries: Iterable[TextEntry], file: str) -> Iterator[ConfigFact]:
    """Yield the rows of markdown tables of hyperparameters: `|param|value|` over `|-|-|` over `|key|value|`."""
    for entry in entries:
        lines = [line.strip() for line in entry.text.splitlines()]
        for at, line in enumerate(lines[:-1]):
            head = _cells(line)
            if len(head) == 2 and _RULE.fullmatch(lines[at + 1]) and _names_keys(head[0], entry.tag):
                yield from _table(lines[at + 2 :], file)
                break


def _names_keys(header: str, tag: str) -> bool:
    return header.lower() in _KEY_NAMES or (header == "" and bool(_CONFIG_TAG.search(tag)))


def _table(lines: list[str], file: str) -> Iterator[ConfigFact]:
    for line in lines:
        cells = _cells(line)
        if len(cells) < 2 or not cells[0]:
            return
        yield ConfigFact(key=cells[0].strip("`* "), value=typed("|".join(cells[1:])), file=file, origin="text")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] if "|" in line else []


def typed(text: str) -> Any:
    """Return a printed Python value as number, truth value or None where it is one, else as text."""
    text = text.strip()
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
