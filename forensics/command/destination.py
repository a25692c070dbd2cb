"""Where a report goes: never into the run directory, never over the report of another run."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import msgspec

from forensics.errors import OutputError

DEFAULT = "forensics-report"


class _RunPath(msgspec.Struct):
    path: str


class _WrittenIndex(msgspec.Struct):
    """As much of an index.json as tells which folder was searched."""

    path: str


class _Written(msgspec.Struct):
    """As much of a diagnosis.json as tells whose it is."""

    run: _RunPath


def default(working_directory: Path, run: Path) -> Path:
    """Return forensics-report/<run name>/ in the working directory, with -2, -3, ... if another run has that name.

    A report of the same run is replaced. The suffix is decided by the diagnosis.json that stands there.
    """
    parent = working_directory / DEFAULT
    name = run.resolve().name or "run"
    for number in count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        if not folder.exists() or _is_of(folder, run):
            return folder
    raise AssertionError("count() ends never")


def defaults(working_directory: Path, runs: list[Path]) -> list[Path]:
    """Return where the reports of several runs go, each as `default` has it, no two in one place."""
    taken: list[Path] = []
    for run in runs:
        folder = default(working_directory, run)
        taken.append(folder if folder not in taken else _numbered(folder, taken))
    return taken


def default_index(working_directory: Path, searched: Path) -> Path:
    """Return forensics-report/<name>/ for the runs of a folder, numbered on if another's report or index is there."""
    parent = working_directory / DEFAULT
    name = searched.resolve().name or "runs"
    for number in count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        if not folder.exists() or _is_index_of(folder, searched):
            return folder
    raise AssertionError("count() ends never")


def several(parent: Path, runs: list[Path]) -> list[Path]:
    """Return a folder below `parent` for each run, those of one name told apart by -2, -3, ..."""
    taken: dict[str, int] = {}
    folders = []
    for run in runs:
        name = run.resolve().name or "run"
        taken[name] = taken.get(name, 0) + 1
        folders.append(parent / (name if taken[name] == 1 else f"{name}-{taken[name]}"))
    return folders


def check(folder: Path, run: Path) -> None:
    """Raise OutputError if `folder` cannot be written to or lies in the run directory: before an analysis, not after.

    Nothing is created yet: a run that turns out to be unreadable leaves no empty folder behind.
    """
    if run.is_dir() and folder.resolve().is_relative_to(run.resolve()):
        raise OutputError(
            f"the report would be written into the run directory {run}, which is never written to; "
            "name another place with --output DIR"
        )
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not existing.is_dir():
        raise OutputError(f"{existing} is not a directory; name another place with --output DIR")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(f"{existing} is not writable; name another place with --output DIR")


def _numbered(folder: Path, taken: list[Path]) -> Path:
    beside = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(other for other in beside if other not in taken and not other.exists())


def _is_index_of(folder: Path, searched: Path) -> bool:
    try:
        written = msgspec.json.decode((folder / "index.json").read_bytes(), type=_WrittenIndex)
    except (OSError, msgspec.DecodeError):
        return False
    return bool(written.path) and Path(written.path).resolve() == searched.resolve()


def _is_of(folder: Path, run: Path) -> bool:
    try:
        written = msgspec.json.decode((folder / "diagnosis.json").read_bytes(), type=_Written)
    except (OSError, msgspec.DecodeError):
        return False
    return Path(written.run.path).resolve() == run.resolve()
