"""JSON documents of results: lists of numbers become series, single values become facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from forensics.model.evidence import ConfigFact, IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.documents.config import is_config_name
from forensics.readers.documents.curves import curves_of
from forensics.readers.flatten import TooMuchError, flatten
from forensics.readers.jsontext import loads, storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.steps import pick
from forensics.readers.tables.tags import subject_of
from forensics.readers.text.jsonrecord import numbers
from forensics.safety.limits import Limits

NAME = "results"
_WORDS = frozenset({
    "result", "results", "metric", "metrics", "history", "summary", "progress", "evaluation", "evaluations", "eval",
    "score", "scores", "stats", "statistics", "reward", "rewards", "return", "returns", "loss", "losses",
})  # fmt: skip
_NUMBER = rb"-?(?:\d{1,30}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,5})?|NaN|Infinity)"
# Ten numbers in a row are a curve; a configuration lists a few layer widths.
_CURVE = re.compile(rb"\[\s{0,40}" + _NUMBER + rb"(?:\s{0,40},\s{0,40}" + _NUMBER + rb"){9}")
_LONG_CURVE = re.compile(_CURVE.pattern.replace(b"{9}", b"{49}"))  # a configuration may hold short lists
# Points of TensorBoard: [[wall time, step, value], [...
_POINTS = re.compile(
    rb"\[\s{0,40}\[\s{0,40}" + _NUMBER + rb"(?:\s{0,40},\s{0,40}" + _NUMBER + rb"){2}\s{0,40}\]\s{0,40},\s{0,40}\["
)
_ROWS = re.compile(rb'"(?:log_history|history|logs|metrics|results|episodes|evaluations)"\s{0,20}:\s{0,20}\[\s{0,40}\{')
_OWN = (b'"schema_version"', b'"verdict"', b'"coverage"')


def claims(name: str, head: bytes) -> bool:
    """Claim .json that is named as results or holds a curve; a name of a configuration needs a long one.

    A diagnosis of ours is left alone: our output is not our input.
    """
    path = PurePosixPath(name)
    if path.suffix.lower() != ".json" or all(mark in head for mark in _OWN):
        return False
    if is_config_name(name):
        return bool(_ROWS.search(head) or _LONG_CURVE.search(head))
    return any(pattern.search(head) for pattern in (_CURVE, _ROWS, _POINTS)) or bool(
        _WORDS & set(re.split(r"[._\- ]+", path.stem.lower()))
    )


def read_results(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each document by itself."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            lost = 0
            if stream.size > limits.document_bytes:
                lost = stream.size
                message = f"a document of {lost:,} bytes is not read (limit {limits.document_bytes:,})"
                reading.issues.append(ReadIssue(kind=IssueKind.LIMIT, file=file.name, message=message, bytes_lost=lost))
                reading.files.append(stream.record(NAME))
                continue
            try:
                _take(loads(stream.whole()), file, limits, reading)
            except ValueError as failure:
                lost = stream.size
                message = f"not a JSON document: {str(failure)[:200]}"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


def _take(document: Any, file: RunFile, limits: Limits, reading: Reading) -> None:
    if not isinstance(document, dict | list):
        raise ValueError("it holds no object")
    columns = Columns(f"{NAME}:{file.name}", (file.name,), limits.tags)
    curves = list(curves_of(document, _subject(file.name)))
    taken = {path for curve in curves for path in curve.paths}
    counts = _episode_counts(document)
    for curve in curves:
        if isinstance(curve.items[0], dict):
            _rows(columns, curve.tag, curve.items, limits)
            continue
        by_episode = len(curve.items) in counts or "episode" in curve.tag.lower()
        axis = curve.axis if curve.steps is not None else "episode" if by_episode else ""
        for index, value in enumerate(curve.items):
            step = curve.steps[index] if curve.steps is not None else index if by_episode else None
            time = None if curve.times is None else curve.times[index]
            columns.add(columns.row(0, 0, step, None, time), curve.tag, _number(value), axis)
    reading.series += columns.series()
    try:
        for key, value in flatten(_without(document, taken, ""), limits):
            if key and not isinstance(value, list | dict):
                reading.config.append(ConfigFact(key=key, value=value, file=file.name, origin="results"))
    except TooMuchError as failure:
        message = f"read in part: {failure}"
        reading.issues.append(ReadIssue(kind=IssueKind.LIMIT, file=file.name, message=message))


def _subject(file: str) -> str:
    """Return the tag of a list that is the document itself: the name of a download of TensorBoard, else "results"."""
    stem = subject_of(PurePosixPath(file).name)
    return stem if stem != PurePosixPath(file).stem else NAME


def _without(value: Any, taken: set[str], path: str) -> Any:
    if isinstance(value, dict):
        kept = {}
        for key, item in value.items():
            below = f"{path}/{storable(str(key))}" if path else storable(str(key))
            if below not in taken:
                kept[key] = _without(item, taken, below)
        return kept
    return value if path or not isinstance(value, list) else {}


def _rows(columns: Columns, path: str, rows: Sequence[dict[str, Any]], limits: Limits) -> None:
    """Take a list of objects, one a moment, as the lines of a structured log are taken."""
    prefix = "" if path.rpartition("/")[2] in ("log_history", "history", "logs", NAME) else f"{path}/"
    for index, record in enumerate(rows):
        step, update, axis, used = pick(record)
        row = columns.row(0, 0, index if step is None else step, update, None)
        for tag, value in numbers(record, prefix, used, limits.nesting):
            columns.add(row, tag, value, axis)


def _episode_counts(document: Any) -> set[int]:
    """Return the numbers of episodes that the document names: a list of that length has one entry an episode."""
    if not isinstance(document, Mapping):
        return set()
    return {
        value
        for key, value in document.items()
        if isinstance(value, int) and value > 1 and "episodes" in str(key).lower()
    }


def _number(value: Any) -> float:
    try:
        return float("nan") if value is None else float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


READER = Reader(name=NAME, rank=30, claims=claims, read=read_results)
