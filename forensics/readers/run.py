"""Reads a whole run: finds its files, hands each to the reader that claims it, assembles the Run."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from forensics.errors import NoEvidenceError, UsageError
from forensics.model.evidence import FileRecord, IssueKind, ReadIssue, Run
from forensics.readers.discover import Listing, Part, discover, with_head
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.registry import readers
from forensics.readers.tensorboard.events import BACKENDS, events_reader
from forensics.readers.tensorboard.events import NAME as EVENTS
from forensics.readers.unread import why_unread
from forensics.readers.zstd import ZSTD
from forensics.safety.limits import Limits
from forensics.safety.text import clean

_LOOKED_FOR = (
    "event files (*tfevents*), logs (.log .txt .out .jsonl), tables (.csv .tsv .npz .npy), "
    "records of Weights & Biases (.wandb), configurations (.yaml .json .toml) and results"
)


def load_run(path: Path, *, reader: str = "native", limits: Limits | None = None, part: Part | None = None) -> Run:
    """Read everything that the run at `path` (a directory, or one file) left behind.

    `reader` names what reads event files: native or tbparse. `part` names the files of one run where the directory
    holds several. A file that cannot be read becomes an issue and the rest is read. The run is not changed, no link
    is followed out of it, nothing of it is imported or unpickled.
    Raises UsageError where `path` does not exist or `reader` is unknown, NoEvidenceError where nothing is readable.
    """
    limits = limits or Limits()
    if reader not in BACKENDS:
        raise UsageError(f"unknown reader {reader!r}: choose one of {', '.join(BACKENDS)}")
    listing = _listed(Path(path), limits, part)
    formats = tuple(events_reader(reader, listing.root) if item.name == EVENTS else item for item in readers())
    with _collector_paused():
        reading, unread = _read(listing, formats, limits)
    run = _assembled(Path(path) / part.name if part else Path(path), listing, reading, unread)
    if not (run.series or run.logs or run.config):
        raise NoEvidenceError(_nothing(Path(path), run))
    return run


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Spare the passes of the garbage collector over millions of records that all stay alive."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _listed(path: Path, limits: Limits, part: Part | None) -> Listing:
    shown = clean(str(path), 300)
    try:
        if not path.exists():
            raise UsageError(f"{shown}: no such file or directory; give the folder that the training wrote to")
        return discover(path, limits, part)
    except OSError as failure:
        raise UsageError(f"{shown}: {failure.strerror or failure}; make it readable and analyse again") from None


def _read(listing: Listing, formats: Iterable[Reader], limits: Limits) -> tuple[Reading, list[RunFile]]:
    total = Reading(issues=list(listing.issues))
    formats = tuple(formats)
    groups: dict[str, tuple[Reader, list[RunFile]]] = {}
    unread: list[RunFile] = []
    for listed in listing.files:
        file = listed
        try:
            file = with_head(listed)
        except OSError as failure:
            claimed = any(item.claims(listed.logical, b"") for item in formats)
            total.fail(listed, "none" if claimed else "unread", failure)
            continue
        found = next((item for item in formats if item.claims(file.logical, file.head)), None)
        if found is not None and file.head.startswith(ZSTD) and found.name != EVENTS:
            found = None
        if found is None:
            unread.append(file)
        else:
            groups.setdefault(f"{found.name}:{found.group(file.name)}", (found, []))[1].append(file)
    for found, files in groups.values():
        total.add(_one_group(found, sorted(files, key=lambda file: found.order(file.name)), limits))
    return total, unread


def _one_group(reader: Reader, files: list[RunFile], limits: Limits) -> Reading:
    try:
        return reader.read(files, limits)
    except Exception as failure:  # a defect of one reader must not cost the other files
        broken = Reading()
        for file in files:
            broken.fail(file, reader.name, ValueError(f"the reader failed ({type(failure).__name__}: {failure})"))
        return broken


def _assembled(path: Path, listing: Listing, reading: Reading, unread: list[RunFile]) -> Run:
    issues = list(reading.issues)
    for file in unread:
        reason = why_unread(file)
        if reason is not None:
            issues.append(ReadIssue(kind=reason[0], file=file.name, message=reason[1]))
    aside = [FileRecord(path=file.name, bytes=file.size) for file in (*unread, *listing.twins)]
    manifest = reading.manifest
    declared = manifest.metrics if manifest else {}
    series = tuple(
        replace(item, declared=declared[item.tag] | (item.declared or {})) if item.tag in declared else item
        for item in reading.series
    )
    resolved = path.resolve()
    return Run(
        name=clean(resolved.name or str(resolved)),
        path=clean(str(path), 1000),
        series=tuple(sorted(series, key=lambda item: (item.source, item.tag))),
        logs=tuple(reading.logs),
        config=tuple(reading.config),
        files=tuple(sorted((*reading.files, *aside), key=lambda record: record.path)),
        issues=tuple(sorted(issues, key=lambda issue: (issue.file, issue.offset or 0, issue.kind, issue.message))),
        manifest=manifest,
        live=_live(listing, issues),
    )


def _live(listing: Listing, issues: Iterable[ReadIssue]) -> bool:
    """Tell whether the newest file ends inside a record: it was being written, or its writer died."""
    cut = {issue.file for issue in issues if issue.kind is IssueKind.TRUNCATED}
    if not cut:
        return False
    newest = max(file.modified for file in listing.files)
    return any(file.name in cut and file.modified == newest for file in listing.files)


def _nothing(path: Path, run: Run) -> str:
    shown = clean(str(path), 300)
    files = len(run.files)
    if not files and not run.issues:
        return f"{shown} is empty: looked for {_LOOKED_FOR}; give the folder that the training wrote to"
    reasons = [
        f"{clean(issue.file, 120)}: {clean(issue.message, 160)}"
        for issue in run.issues
        if issue.kind is not IssueKind.NOTE
    ] or [f"{clean(issue.file, 120)}: {clean(issue.message, 160)}" for issue in run.issues]
    said = f" ({'; '.join(reasons[:3])}{'; ...' if len(reasons) > 3 else ''})" if reasons else ""
    counted = "" if not path.is_dir() else " in its one file" if files == 1 else f" in {files:,} files"
    return f"{shown} holds no readable evidence{counted}{said}: looked for {_LOOKED_FOR}"
