"""manifest.json: what a run says of itself. Tolerant: every key may be absent or of another type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from forensics.model.evidence import IssueKind, Manifest, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.jsontext import loads, storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.stamps import to_unix
from forensics.readers.steps import counter
from forensics.safety.limits import Limits

NAME = "manifest"
_MARKS = (b'"run_id"', b'"backend"', b'"metrics"', b'"planned_steps"', b'"run"', b'"status"')
_TEXT = 2000


def claims(name: str, head: bytes) -> bool:
    """Claim manifest.json with at least one key that a run's manifest has; other tools write files of that name."""
    return PurePosixPath(name).name.lower() == "manifest.json" and any(mark in head for mark in _MARKS)


def read_manifest(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read the manifest nearest to the top; others are read as bytes and not used."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, limits.document_bytes) as stream:
            lost = 0
            try:
                document = loads(stream.whole())
                if not isinstance(document, dict):
                    raise ValueError("it holds no object")
                reading.manifest = reading.manifest or manifest_of(document, file.name, limits)
            except ValueError as failure:
                lost = stream.size
                message = f"not a manifest: {failure}"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


def manifest_of(document: Mapping[str, Any], file: str, limits: Limits) -> Manifest:
    """Return the manifest that a JSON object spells out; what is missing or odd is left empty."""
    command = document.get("command", "")
    metrics = document.get("metrics", document.get("catalogue", {}))
    git = document.get("git")
    return Manifest(
        file=file,
        run_id=_text(document.get("run_id", document.get("run", document.get("id")))),
        backend=_text(document.get("backend")),
        status=_text(document.get("status")),
        command=" ".join(map(_text, command)) if isinstance(command, list) else _text(command),
        planned_steps=_first_counter(document, "planned_steps", "total_timesteps", "total_steps", "max_steps"),
        start=to_unix(document.get("start", document.get("start_time"))),
        end=to_unix(document.get("end", document.get("end_time"))),
        framework=_text(document.get("framework")),
        algorithm=_text(document.get("algorithm", document.get("algo"))),
        commit=_text(git.get("commit")) if isinstance(git, dict) else "",
        metrics=_metrics(metrics, limits.tags) if isinstance(metrics, dict) else {},
    )


def _metrics(metrics: Mapping[str, Any], most: int) -> dict[str, dict[str, str]]:
    return {
        storable(tag): {storable(str(key)): _text(value) for key, value in meaning.items() if value is not None}
        for tag, meaning in list(metrics.items())[:most]
        if isinstance(meaning, dict)
    }


def _first_counter(document: Mapping[str, Any], *keys: str) -> int | None:
    found = (counter(document.get(key)) for key in keys)
    return next((value for value in found if value is not None and value > 0), None)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return storable(value[:_TEXT])
    return str(value) if isinstance(value, int | float) else ""


READER = Reader(
    name=NAME,
    rank=15,
    claims=claims,
    read=read_manifest,
    group=lambda name: NAME,
    order=lambda name: (name.count("/"), name),
)
