"""The files of one commit of a git repository, by git's own plumbing: no work tree, no index, no hook, no filter.

The repository is untrusted. Only `rev-parse`, `ls-tree` and `cat-file` run, which execute nothing that its
configuration names; fetching what a partial clone lacks is the one thing that could, and is forbidden.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from forensics.errors import UsageError
from forensics.safety.text import clean

SECONDS = 60.0
_LISTING_BYTES = 64 << 20
_HARDENED = (
    "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}",
    "-c", "protocol.allow=never", "-c", "safe.directory=*",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class Entry(NamedTuple):
    """One file of a commit. `path` is relative to the folder that was asked for."""

    mode: str
    blob: str
    size: int
    path: str


def resolve(repository: Path, revision: str) -> str:
    """Return the full hash of a commit.

    Raises UsageError where there is no git, no repository, or no such commit.
    """
    if not repository.is_dir():
        raise UsageError(f"{repository}: not a git repository, and --source-commit needs one")
    if _git(repository, "rev-parse", "--git-dir") is None:
        raise UsageError(f"{repository}: not a git repository, and --source-commit needs one")
    found = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = "" if found is None else found.decode("ascii", "replace").strip()
    if not commit.isalnum():
        raise UsageError(
            f"{repository}: no commit {clean(revision, 80)!r} in this repository; `git log --oneline` there lists them"
        )
    return commit


def head(repository: Path) -> str:
    """Return the commit that a repository stands at, empty where it is none or stands at none."""
    try:
        found = _git(repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") if repository.is_dir() else None
    except UsageError:  # no git: nothing can be said of it
        return ""
    commit = "" if found is None else found.decode("ascii", "replace").strip()
    return commit if commit.isalnum() else ""


def entries(repository: Path, commit: str) -> list[Entry]:
    """Return the files below the folder `repository` as they stood at a commit. Raises UsageError where git fails."""
    prefix = (_git(repository, "rev-parse", "--show-prefix") or b"").decode("utf-8", "replace").strip("\n")
    wanted = ("--", prefix) if prefix else ()
    listed = _git(repository, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *wanted)
    if listed is None:
        raise UsageError(f"{repository}: git cannot list the files of commit {commit[:12]}")
    return list(_parsed(listed, prefix))


def _parsed(listed: bytes, prefix: str) -> Iterator[Entry]:
    for line in listed.split(b"\0"):
        about, _, path = line.partition(b"\t")
        words = about.decode("ascii", "replace").split()
        if len(words) == 4:
            size = int(words[3]) if words[3].isdigit() else 0
            yield Entry(words[0], words[2], size, path.decode("utf-8", "replace").removeprefix(prefix))


def contents(repository: Path, wanted: Iterable[Entry], most_bytes: int) -> Iterator[tuple[Entry, bytes]]:
    """Yield each file that git can give, as it is stored: no filter and no conversion is applied."""
    listed = list(wanted)
    with tempfile.TemporaryFile() as names:
        names.write(b"".join(f"{entry.blob}\n".encode("ascii") for entry in listed))
        names.seek(0)
        found = _git(repository, "cat-file", "--batch", stdin=names.fileno(), most_bytes=most_bytes + 200 * len(listed))
    place = 0
    for entry in listed:
        end = -1 if found is None else found.find(b"\n", place)
        if found is None or end < 0:
            return
        words = found[place:end].split()
        place = end + 1
        if len(words) == 3 and words[1] == b"blob" and words[2].isdigit():
            size = int(words[2])
            yield entry, found[place : place + size]
            place += size + 1


def _git(
    repository: Path, *words: str, stdin: int = subprocess.DEVNULL, most_bytes: int = _LISTING_BYTES
) -> bytes | None:
    """Return what git prints, None where it fails, takes too long or prints too much. Raises UsageError without git."""
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is not installed, and --source-commit needs it: give --source a folder or an archive")
    call = [program, "-C", str(repository.resolve()), *_HARDENED, *words]
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    with tempfile.TemporaryFile() as printed:
        try:
            done = subprocess.run(  # noqa: S603  git itself; a revision stands behind --end-of-options
                call, stdin=stdin, stdout=printed, stderr=subprocess.DEVNULL, env=kept | _ENVIRONMENT, timeout=SECONDS,
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            return None
        if done.returncode or printed.seek(0, os.SEEK_END) > most_bytes:
            return None
        printed.seek(0)
        return printed.read()
