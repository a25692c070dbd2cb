"""Arguments that a script wrote to a text file: args.txt, hparams.txt, command.txt.

One JSON object, the repr of a Namespace, lines of `key: value`, `key = value` or `--key value`, or a command line.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from forensics.model.evidence import ConfigFact, IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.documents.config import facts_of
from forensics.readers.jsontext import loads, storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tagtext import facts_of_text, literal
from forensics.safety.limits import MIB, Limits

NAME = "arguments"
LARGEST = MIB  # bytes; arguments are a page
_WORDS = frozenset(
    "arg args argument arguments config cfg hparams hparam hyperparams hyperparameters params parameters settings "
    "flags opts options opt command cmd commandline".split()
)
_PAIR = re.compile(
    r"\s{0,40}(?:-{1,2}([A-Za-z_][\w.\-/]{0,100})[ =\t]|([A-Za-z_][\w.\-/]{0,100})(?:\s{0,40}[:=]|\t))"
    r"\s{0,40}(\S.{0,1000})"
)
_COMMAND = re.compile(r"\S{0,200}(?:python|torchrun|accelerate|mpirun|\.py|\.sh)\S{0,100} ", re.IGNORECASE)
_FEW = 2
_MOSTLY = 0.8  # share of the lines that are pairs: prose has fewer


def claims(name: str, head: bytes) -> bool:
    """Claim a text file named after arguments whose beginning is written as arguments are."""
    path = PurePosixPath(name)
    if path.suffix.lower() != ".txt" or not _WORDS & set(re.split(r"[._\- \d]+", path.stem.lower())):
        return False
    return len(list(_facts(head.decode("utf-8", "replace"), name))) >= _FEW


def read_arguments(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each file by itself."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, LARGEST) as stream:
            lost = 0
            facts = [fact for fact in _facts(stream.whole().decode("utf-8", "replace"), file.name) if fact.key]
            if not facts:
                lost = stream.size
                message = "no arguments: neither an object, a Namespace, a command line nor lines of key and value"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.config += facts[: limits.nodes]
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


def _facts(text: str, file: str) -> Iterator[ConfigFact]:
    """Yield the arguments that a text spells out."""
    stripped = text.strip()
    if stripped.startswith("{"):
        yield from _object(stripped, file)
    elif (place := stripped.find("Namespace(")) >= 0 and place < len("arguments: argparse."):
        yield from facts_of_text("args", stripped[place:], file)
    elif "\n" not in stripped and _COMMAND.match(stripped):
        yield from facts_of_command(stripped, file)
    else:
        yield from _pairs(stripped, file)


def _object(text: str, file: str) -> list[ConfigFact]:
    try:
        document = loads(text)
    except ValueError:
        return []
    return facts_of(document, file, Limits())[0] if isinstance(document, dict) else []


def facts_of_command(text: str, file: str) -> Iterator[ConfigFact]:
    """Yield the flags of a command line; one without a value is true. `key=value` is an override of Hydra's."""
    try:
        words = shlex.split(text[:100_000])
    except ValueError:
        return
    for place, word in enumerate(words):
        name, equals, value = word.lstrip("-+~").partition("=")
        if equals and name:
            yield _fact(name, literal(value), file, "cli")
        elif word.startswith("--"):
            following = words[place + 1] if place + 1 < len(words) else "-"
            given: Any = True if following.startswith("--") or following == "-" else literal(following)
            yield _fact(name, given, file, "cli")


def _pairs(text: str, file: str) -> list[ConfigFact]:
    lines = [line.rstrip() for line in text.split("\n") if line.strip(" \t\r-=*#")]
    found = [pair for pair in map(_PAIR.fullmatch, lines) if pair]
    if len(found) < _MOSTLY * len(lines):
        return []
    return [_fact(pair[1] or pair[2], literal(pair[3]), file, "file") for pair in found]


def _fact(key: str, value: Any, file: str, origin: str) -> ConfigFact:
    return ConfigFact(key=storable(key[:300]), value=value, file=file, origin=origin)


READER = Reader(name=NAME, rank=19, claims=claims, read=read_arguments)
