"""Lists the files of a run without following a link, opening a pipe or trusting a name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from forensics.model.evidence import IssueKind, ReadIssue
from forensics.readers import zstd
from forensics.readers.bytestream import open_regular
from forensics.readers.decompress import GZIP, peek
from forensics.readers.reader import RunFile
from forensics.safety.limits import Limits

HEAD = 64 * 1024
# Folders of tools and caches: no evidence of a run, and often thousands of files.
SKIPPED = frozenset(
    {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", ".ipynb_checkpoints", ".mypy_cache"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """The files of a folder that are one run where others lie beside them, by their names below the folder.

    A name is mapped to the run that is wanted of a file that holds several, else to "". `name` is the run's.
    """

    name: str
    files: Mapping[str, str]


@dataclass(slots=True)
class Listing:
    """The regular files of a run in a fixed order, and everything that was passed over."""

    root: Path
    files: list[RunFile] = field(default_factory=list)
    issues: list[ReadIssue] = field(default_factory=list)
    twins: list[RunFile] = field(default_factory=list)


def discover(path: Path, limits: Limits, part: Part | None = None) -> Listing:
    """List the run at `path`, a directory or one file. Twins by hard link are listed apart, once each.

    Of a directory that holds several runs, `part` names the files of one. Raises OSError where `path` itself cannot
    be listed.
    """
    listing = Listing(path if path.is_dir() else path.parent)
    found = _walk(path, limits, listing.issues) if path.is_dir() else [_file(path, path.name, path.stat())]
    if part is not None:
        found = [replace(file, part=part.files[file.name]) for file in found if file.name in part.files]
        listing.issues = [issue for issue in listing.issues if issue.file in part.files]
    seen: dict[tuple[int, int], RunFile] = {}
    for file in sorted(found, key=lambda file: file.real.split("/")):
        first = seen.setdefault(file.identity, file)
        if first is file:
            listing.files.append(file)
        else:
            listing.twins.append(file)
            _issue(listing.issues, IssueKind.NOTE, file.name, f"the same file as {first.name} (hard link): read once")
    return listing


def with_head(file: RunFile) -> RunFile:
    """Return `file` with the beginning of its content. Raises OSError where it cannot be opened."""
    handle = open_regular(file.path, file.identity)
    try:
        head = os.read(handle, HEAD)
    finally:
        os.close(handle)
    if head.startswith(zstd.ZSTD):
        return replace(file, head=zstd.peek(head, HEAD))
    return replace(file, head=peek(head, HEAD) if head.startswith(GZIP) else head)


def printable(name: str) -> str:
    """Return a file name as text that any encoder takes; undecodable bytes are shown as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _walk(root: Path, limits: Limits, issues: list[ReadIssue]) -> Iterator[RunFile]:
    inside = root.resolve()
    pending: list[tuple[Path, str, int]] = [(root, "", 0)]
    count = 0
    while pending:
        folder, prefix, depth = pending.pop()
        try:
            with os.scandir(folder) as entries:
                items = sorted(entries, key=lambda entry: entry.name)
        except OSError as failure:
            if not prefix:
                raise
            _issue(issues, IssueKind.UNREADABLE, printable(prefix), f"folder cannot be listed: {failure.strerror}")
            continue
        for item in items:
            name = prefix + item.name
            try:
                seen = item.stat(follow_symlinks=False)
            except OSError as failure:
                _issue(issues, IssueKind.UNREADABLE, printable(name), f"cannot be examined: {failure.strerror}")
                continue
            if stat.S_ISLNK(seen.st_mode):
                _link(Path(item.path), name, inside, issues)
            elif stat.S_ISDIR(seen.st_mode):
                if item.name in SKIPPED:
                    _issue(issues, IssueKind.NOTE, printable(name), "folder of a tool: not looked into")
                elif depth >= limits.depth:
                    _issue(issues, IssueKind.LIMIT, printable(name), f"deeper than {limits.depth} folders: not read")
                else:
                    pending.append((Path(item.path), name + "/", depth + 1))
            elif not stat.S_ISREG(seen.st_mode):
                _issue(issues, IssueKind.NOTE, printable(name), "neither a file nor a folder: ignored")
            elif count >= limits.files:
                _issue(
                    issues, IssueKind.LIMIT, printable(name), f"more than {limits.files:,} files: the rest is not read"
                )
                return
            else:
                count += 1
                yield _file(Path(item.path), name, seen)


def _file(path: Path, name: str, seen: os.stat_result) -> RunFile:
    if not seen.st_ino:  # a directory entry of Windows knows no inode
        seen = os.stat(path, follow_symlinks=False)
    return RunFile(printable(name), name, path, seen.st_size, seen.st_mtime, (seen.st_dev, seen.st_ino))


def _link(path: Path, name: str, inside: Path, issues: list[ReadIssue]) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return _issue(issues, IssueKind.NOTE, printable(name), "link to nothing: ignored")
    if target.is_relative_to(inside):
        return _issue(issues, IssueKind.NOTE, printable(name), "link to a place inside the run: read there, once")
    return _issue(issues, IssueKind.REFUSED, printable(name), "link out of the run: not followed")


def _issue(issues: list[ReadIssue], kind: IssueKind, name: str, message: str) -> None:
    issues.append(ReadIssue(kind=kind, file=name, message=message))
