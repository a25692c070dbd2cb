"""A run of MLflow's file store: one file a metric, a parameter or a tag, and meta.yaml beside them.

The layout is that of mlflow.store.tracking.file_store: a line of metrics/<key> is `timestamp value`, `timestamp value
step` or, where a data set is named, `timestamp value step name digest`; params/<key> and tags/<key> hold one value.
Times are milliseconds. A key with slashes is a path.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from forensics.model.evidence import ConfigFact, IssueKind, Manifest
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.documents.yamltext import read_yaml
from forensics.readers.flatten import TooMuchError
from forensics.readers.jsontext import storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.stamps import to_unix
from forensics.readers.steps import counter
from forensics.readers.tagtext import literal
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "mlflow"
META = "meta.yaml"
_KINDS = ("metrics", "params", "tags")
_VALUE = 8192  # bytes: MLflow takes parameters of 6,000 and tags of 8,000 characters
_POINT = re.compile(rb"\d{10,16} [^ \n]{1,40}(?: -?\d{1,19}(?: [^\n]{0,200})?)?(?:\n|$)")
_OTHERS = re.compile(
    r"\.(?:ya?ml|json|jsonl|csv|tsv|log|txt|toml|npz|out|py|md|png|html|pkl|pt|pth|zip)$", re.IGNORECASE
)
STATES = {"1": "running", "2": "scheduled", "3": "finished", "4": "failed", "5": "killed"}


def claims(name: str, head: bytes) -> bool:
    """Claim meta.yaml of a run, and what lies in its folders metrics, params and tags in the form MLflow gives it."""
    path = PurePosixPath(name)
    if path.name == META:
        return b"artifact_uri" in head and (b"run_uuid" in head or b"run_id" in head)
    kind = _kind(path)
    if kind == "metrics":
        return _POINT.match(head) is not None
    return kind != "" and len(head) <= _VALUE and not _OTHERS.search(path.name) and b"\0" not in head


def read_run(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read the files of one run."""
    reading = Reading()
    columns = Columns(f"{NAME}:{_home(files[0].name) or '.'}", tuple(file.name for file in files), limits.tags)
    for index, file in enumerate(files):
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            path = PurePosixPath(file.logical)
            if path.name == META:
                _meta(file, stream, account, limits, reading)
            elif _kind(path) == "metrics":
                _metric(index, _key(path), stream, account, limits, columns)
            else:
                _value(path, stream, account, limits, reading)
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    reading.series += columns.series()
    return reading


def number(text: str) -> float:
    """Return a metric's value as MLflow writes it. Raises ValueError where it is none."""
    return float(text)


def _metric(index: int, key: str, stream: ByteStream, account: TextAccount, limits: Limits, columns: Columns) -> None:
    points: list[tuple[int, int | None, float | None, float]] = []
    for line, offset, raw in account.lines(stream, limits.line_bytes):
        words = raw.decode("utf-8", "replace").split(" ")
        if not raw.strip():
            continue
        try:
            if len(words) not in (2, 3, 5):
                raise ValueError(f"{len(words)} words")
            step = counter(float(words[2])) if len(words) > 2 else 0
            points.append((line, step, to_unix(float(words[0])), float(words[1])))
        except (ValueError, OverflowError):
            message = f"line {line:,} is not `timestamp value step`"
            account.problem(IssueKind.MALFORMED, message, offset, line, len(raw), 1)
    add_points(columns, index, key, points)


def add_points(
    columns: Columns, index: int, key: str, points: Sequence[tuple[int, int | None, float | None, float]]
) -> None:
    """Add (line, step, time, value) under a tag. Where no step was ever given, MLflow writes 0: they are numbered."""
    unstepped = len(points) > 1 and not any(step for _, step, _, _ in points)
    for line, step, time, value in points:
        columns.add(columns.row(index, line, None if unstepped else step, None, time), storable(key), value)


def _value(path: PurePosixPath, stream: ByteStream, account: TextAccount, limits: Limits, reading: Reading) -> None:
    text = stream.whole().decode("utf-8", "replace").strip()
    del limits
    prefix = "" if _kind(path) == "params" else "tags."
    reading.config.append(ConfigFact(key=prefix + storable(_key(path)), value=literal(text), file=account.file.name))


def _meta(file: RunFile, stream: ByteStream, account: TextAccount, limits: Limits, reading: Reading) -> None:
    try:
        if stream.size > limits.config_bytes:
            raise TooMuchError(f"{stream.size:,} bytes")
        document, _ = read_yaml(stream.whole().decode("utf-8", "replace"), limits)
        if not isinstance(document, dict):
            raise ValueError("it holds no mapping")
    except (ValueError, TooMuchError) as failure:
        account.problem(IssueKind.MALFORMED, f"not the meta.yaml of a run: {failure}", 0, 0, stream.size)
        return
    said = {str(key): str(value) for key, value in document.items() if isinstance(value, str | int | float)}
    reading.manifest = manifest_of(
        file.name, said.get("run_id") or said.get("run_uuid", ""), said.get("status", ""), said.get("start_time"),
        said.get("end_time"),
    )  # fmt: skip
    if said.get("run_name"):
        reading.config.append(ConfigFact(key="run_name", value=storable(said["run_name"][:300]), file=file.name))


def manifest_of(file: str, run: str, status: str, start: str | None, end: str | None) -> Manifest:
    """Return what MLflow says of a run, its status in words, its times in seconds."""
    state = STATES.get(status, status.lower() if status.isalpha() else "")
    return Manifest(file=file, run_id=storable(run[:100]), status=state, start=to_unix(start), end=to_unix(end))


def _kind(path: PurePosixPath) -> str:
    return next((part for part in path.parts[:-1] if part in _KINDS), "")


def _key(path: PurePosixPath) -> str:
    """Return the key of a metric, parameter or tag: its path below the folder of its kind."""
    place = path.parts.index(_kind(path))
    return "/".join(path.parts[place + 1 :])


def _home(name: str) -> str:
    path = PurePosixPath(name)
    if path.name == META:
        return "" if path.parent.name == "" else path.parent.as_posix()
    return "/".join(path.parts[: path.parts.index(_kind(path))]) if _kind(path) else ""


READER = Reader(name=NAME, rank=18, claims=claims, read=read_run, group=lambda name: f"{NAME}:{_home(name)}")
