"""Run directories for the tests of readers, written from plain content."""

from __future__ import annotations

from pathlib import Path

from forensics.model.evidence import IssueKind, Run, Series
from forensics.readers.run import load_run
from tests.readers.tensorboard import event_files

EVENTS = event_files.NAME


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write `files` (path below `root` to content) and return `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def load(root: Path, files: dict[str, str | bytes]) -> Run:
    """Write a run and read it."""
    return load_run(write(root, files))


def events(count: int = 10) -> bytes:
    """An event file with `count` points of one tag."""
    return event_files.file(*event_files.curve("train/loss", range(count)))


def only(run: Run, tag: str) -> Series:
    """The one series of a tag."""
    (found,) = [series for series in run.series if series.tag == tag]
    return found


def kinds(run: Run, file: str) -> list[IssueKind]:
    """The kinds of the issues of one file."""
    return [issue.kind for issue in run.issues if issue.file == file]
