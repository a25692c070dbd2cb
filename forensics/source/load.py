"""A folder, a file or an archive to texts, bounded; links are not followed, archives are not extracted."""

from __future__ import annotations

import io
import os
import tarfile
import tokenize
import zlib
from collections.abc import Iterator
from pathlib import Path

from forensics.errors import NoEvidenceError, UsageError
from forensics.model.source import Unread
from forensics.source import git_tree
from forensics.source.limits import Limits

_SKIPPED = frozenset({".git", ".hg", "__pycache__", "node_modules", ".venv", "venv", "site-packages", ".tox"})
_CONFIGS = (".yaml", ".yml")
_ARCHIVES = (".tar.gz", ".tgz", ".tar")

_FILES, _LINK, _SUBMODULE = ("100644", "100755"), "120000", "160000"  # modes of git

Texts = dict[str, str]


def load(path: Path, limits: Limits, commit: str = "") -> tuple[Texts, list[Unread]]:
    """Return texts by path within the tree, and what was left out. With a commit, `path` is a git repository.

    Raises UsageError where there is no such path or commit, NoEvidenceError where it holds no Python source.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    gathering = _Gathering(limits)
    try:
        if commit:
            _commit(path, commit, gathering)
        elif path.is_dir():
            _folder(path, gathering)
        elif path.name.endswith(_ARCHIVES):
            _archive(path, gathering)
        else:
            gathering.file(path.name, path)
    except PermissionError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if not gathering.python and not gathering.unread:
        raise NoEvidenceError(f"{path}: no Python source in it")
    return gathering.texts, gathering.unread


class _Gathering:
    """The texts taken so far, within the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.texts: Texts = {}
        self.unread: list[Unread] = []
        self.python = self.bytes = 0
        self.full = False

    def leave(self, name: str, message: str) -> None:
        if len(self.unread) < 1_000:
            self.unread.append(Unread(file=name, message=message))

    def file(self, name: str, path: Path) -> None:
        """Take one file of a folder."""
        try:
            size = path.stat().st_size
            if self.admits(name, size):
                with path.open("rb") as stream:
                    self.take(name, stream.read(self.limits.file_bytes + 1))
        except OSError as error:
            self.leave(name, f"cannot be read: {error.strerror}")

    def admits(self, name: str, size: int, more_bytes: int = 0, more_files: int = 0) -> bool:
        """Whether a file of this size is taken, beside what is taken and what is about to be."""
        if not name.endswith((".py", *_CONFIGS)):
            return False
        if size > self.limits.file_bytes:
            self.leave(name, f"not read: {size:,} bytes, more than {self.limits.file_bytes:,}")
            return False
        many = self.python + more_files >= self.limits.files
        if many or self.bytes + more_bytes + size > self.limits.total_bytes:
            if not self.full:
                self.leave(name, f"not read, like all that follow: the limit of {self.limits.files:,} files "
                           f"or {self.limits.total_bytes:,} bytes is reached")  # fmt: skip
            self.full = True
            return False
        return True

    def take(self, name: str, data: bytes) -> None:
        """Decode one file and keep it."""
        if len(data) > self.limits.file_bytes:
            self.leave(name, f"not read: more than {self.limits.file_bytes:,} bytes")
            return
        self.bytes += len(data)
        self.python += name.endswith(".py")
        self.texts[name] = _decode(data)


def _decode(data: bytes) -> str:
    """Decode by the encoding that the file declares; bytes that do not fit are replaced."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding, errors="replace")
    except (SyntaxError, LookupError, ValueError):
        text = data.decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _folder(root: Path, gathering: _Gathering) -> None:
    """Walk a folder without following links."""
    seen = 0
    for folder, names, files in os.walk(root, followlinks=False):
        names[:] = sorted(name for name in names if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(files):
            seen += 1
            if seen > gathering.limits.entries:
                gathering.leave(
                    folder, f"not looked at, like all that follow: more than {gathering.limits.entries:,} files"
                )
                return
            path = Path(folder, name)
            inside = path.relative_to(root).as_posix()
            if path.is_symlink():
                if name.endswith(".py"):
                    gathering.leave(inside, "not read: a link")
            elif path.is_file():
                gathering.file(inside, path)


def _commit(repository: Path, revision: str, gathering: _Gathering) -> None:
    """Read the files of a commit; the work tree is not looked at."""
    commit = git_tree.resolve(repository, revision)
    taken: list[git_tree.Entry] = []
    size = 0
    for entry in git_tree.entries(repository, commit):
        *folders, name = entry.path.split("/")
        if not name or any(one in _SKIPPED or one.startswith(".") for one in folders):
            continue
        if entry.mode == _LINK and name.endswith(".py"):
            gathering.leave(entry.path, "not read: a link")
        elif entry.mode == _SUBMODULE:
            gathering.leave(entry.path, "not read: a submodule, which is a repository of its own")
        elif entry.mode in _FILES and gathering.admits(_tidy(entry.path), entry.size, size, len(taken)):
            taken.append(entry)
            size += entry.size
    given = set()
    for entry, data in git_tree.contents(repository, taken, size):
        given.add(entry.path)
        gathering.take(_tidy(entry.path), data)
    for entry in taken:
        if entry.path not in given:
            gathering.leave(entry.path, "not read: git has not got it (a partial or damaged clone)")


def _archive(path: Path, gathering: _Gathering) -> None:
    """Read the members of an archive in memory."""
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in _members(archive, gathering):
                stream = archive.extractfile(member)
                if stream is not None:
                    gathering.take(_tidy(member.name), stream.read(gathering.limits.file_bytes + 1))
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        gathering.leave(path.name, f"the archive ends early or is damaged: {error}")


def _members(archive: tarfile.TarFile, gathering: _Gathering) -> Iterator[tarfile.TarInfo]:
    unpacked = 0
    for seen, member in enumerate(archive):
        unpacked += member.size
        if seen > gathering.limits.entries or unpacked > 16 * gathering.limits.total_bytes:
            gathering.leave(member.name, "not looked at, like all that follow: the archive is too large")
            return
        if member.isreg() and gathering.admits(_tidy(member.name), member.size):
            yield member


def _tidy(name: str) -> str:
    """Return the path of a member within the tree, without leading dots and slashes."""
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))
