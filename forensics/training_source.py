"""The training source of a run: its own snapshot, or what the user names, as facts. It is never imported or run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from forensics.errors import ForensicsError, UsageError
from forensics.model.evidence import FileRecord, IssueKind, ReadIssue, Run
from forensics.safety.text import clean

if TYPE_CHECKING:
    from forensics.model.source import SourceReport

SNAPSHOT = "source.tar.gz"
_COMMIT_KEY = re.compile(r"(^|[._])((git|source|code)[._](commit|sha|hash|revision)|commit(_?(hash|sha|id))?)$", re.I)
_HASH = re.compile(r"[0-9a-f]{7,64}")
SHOWN = 20
"""Files without facts that are listed one by one."""


def check_commit(source: str, commit: str) -> None:
    """Raise UsageError where a commit is asked for and there is no repository, or no such commit in it."""
    if commit and not source:
        raise UsageError("--source-commit needs --source REPO: the repository that holds the commit")
    if commit:
        from forensics.source.git_tree import resolve

        resolve(Path(source), commit)


def with_source(run: Run, root: Path, given: Path | None = None, commit: str = "") -> Run:
    """Return the run with the facts of its training source, where there is one to be read.

    `root` is where the run was read from; `given`, a folder, file or archive, wins over the run's own snapshot. With
    `commit` it is a git repository, read as of that commit. Whatever fails becomes an issue of the run; only a commit
    that is not there raises UsageError.
    """
    check_commit("" if given is None else str(given), commit)
    own = None if given is not None else _snapshot(run)
    path = given if given is not None else None if own is None else root / own.path
    if path is None:
        return run
    name = own.path if own is not None else clean(f"{path} at {commit}" if commit else str(path), 300)
    report, texts, failure = _read(path, _settings(run), commit)
    issues = _issues(name, report, failure, own)
    if own is None and report is not None and report.files:
        issues += _another_commit(run, path, commit, name)
    files = run.files
    if own is not None:
        known = _accounted(own, path, bool(report and report.files))
        files = tuple(known if record is own else record for record in run.files)
    usable = report if report is not None and report.files else None
    return replace(
        run,
        source=usable,
        source_texts=texts if usable is not None else {},
        source_origin=name if usable is not None else "",
        files=files,
        issues=(*run.issues, *issues),
    )


def _another_commit(run: Run, repository: Path, commit: str, name: str) -> list[ReadIssue]:
    """Say which commit the run recorded, where the source that was read is a repository: nothing is switched."""
    from forensics.source.git_tree import head, resolve

    recorded = _recorded_commit(run)
    if not recorded or (not commit and not head(repository)):
        return []
    chosen = resolve(repository, commit) if commit else head(repository)
    same = chosen.startswith(recorded)
    if commit:
        if same:
            return []
        message = f"the run records commit {recorded}; read is {chosen[:12]}, as asked"
    else:
        stands = "which the repository stands at" if same else f"and the repository stands at {chosen[:12]}"
        message = f"the run records commit {recorded}, {stands}; read are the files as they lie there now: add "
        message += f"--source-commit {recorded[:12]} to read those of the run"
    return [ReadIssue(kind=IssueKind.NOTE, file=name, message=message)]


def _recorded_commit(run: Run) -> str:
    """Return the commit that the run says it was started from: by its manifest, or by its configuration."""
    manifest = run.manifest.commit if run.manifest is not None else ""
    said = [str(row.value) for row in run.config if _COMMIT_KEY.search(row.key)]
    return next((one.lower() for one in (manifest, *said) if _HASH.fullmatch(one.lower())), "")


def _snapshot(run: Run) -> FileRecord | None:
    """Return the snapshot that lies nearest to the top of the run directory."""
    found = [record for record in run.files if record.path.rsplit("/", 1)[-1] == SNAPSHOT]
    return min(found, key=lambda record: (record.path.count("/"), record.path), default=None)


def _settings(run: Run) -> dict[str, str | int | float | bool | None]:
    """Return what the run's configuration sets, by dotted key; keys that two files set differently are left out."""
    found: dict[str, str | int | float | bool | None] = {}
    torn: set[str] = set()
    for row in run.config:
        if row.value is None or isinstance(row.value, str | int | float | bool):
            if row.key in found and found[row.key] != row.value:
                torn.add(row.key)
            found[row.key] = row.value
    return {key: value for key, value in found.items() if key not in torn}


def _read(
    path: Path, settings: Mapping[str, str | int | float | bool | None], commit: str
) -> tuple[SourceReport | None, dict[str, str], str]:
    from forensics.source.limits import LIMITS
    from forensics.source.load import load
    from forensics.source.read import read

    try:
        report = read(path, settings=settings, commit=commit)
        return report, load(path, LIMITS, commit)[0] if report.files else {}, ""
    except ForensicsError as failure:
        return None, {}, str(failure)
    except Exception as failure:  # a defect of ours, or a source that found one, must not cost the other evidence
        return None, {}, f"reading it failed ({type(failure).__name__}: {failure})"


def _issues(name: str, report: SourceReport | None, failure: str, own: FileRecord | None) -> list[ReadIssue]:
    unread = () if report is None else report.unread
    told = [_told(one.file, one.line, one.message) for one in unread]
    if report is None or not report.files:
        reason = failure or "; ".join(told[:3]) or "no Python file in it could be parsed"
        lost = 0 if own is None else own.bytes
        message = f"no facts come from this source: {clean(reason, 400)}"
        return [ReadIssue(kind=IssueKind.UNREADABLE, file=name, message=message, bytes_lost=lost)]
    issues = [ReadIssue(kind=IssueKind.NOTE, file=name, message=message) for message in told[:SHOWN]]
    if len(told) > SHOWN:
        rest = f"{len(told) - SHOWN} more of its files give no facts"
        issues.append(ReadIssue(kind=IssueKind.NOTE, file=name, message=rest))
    return issues


def _told(file: str, line: int | None, message: str) -> str:
    place = clean(file, 200) + (f":{line}" if line else "")
    return f"{place}: {clean(message, 300)}"


def _accounted(record: FileRecord, path: Path, understood: bool) -> FileRecord:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        digest = ""
    read, lost = (record.bytes, 0) if understood else (0, record.bytes)
    return msgspec.structs.replace(record, bytes_read=read, bytes_lost=lost, sha256=digest, reader="source")
