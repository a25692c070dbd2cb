"""What a reader is: a name, a claim on files, and a function from files to evidence.

A format is one module of this package that holds `READER`; forensics.readers.registry finds it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from forensics.model.evidence import ConfigFact, FileRecord, IssueKind, LogRecord, Manifest, ReadIssue, Series
from forensics.safety.limits import Limits


@dataclass(frozen=True, slots=True)
class RunFile:
    """One regular file of the run.

    `name` is its path below the run with forward slashes, safe to print and to encode; `real` is the same as the
    file system has it (undecodable bytes as surrogates). `identity` is (device, inode) when it was listed.
    `head` holds the first bytes of its content, decompressed where it is a gzip file. `part` names the run that is
    wanted of a file that holds several (a database); "" where none was chosen.
    """

    name: str
    real: str
    path: Path
    size: int
    modified: float
    identity: tuple[int, int]
    head: bytes = b""
    part: str = ""

    @property
    def logical(self) -> str:
        """The name without the suffix of a compression."""
        return self.name.removesuffix(".gz").removesuffix(".zst")


@dataclass(slots=True)
class Reading:
    """What one reader took from its files. Grows while reading; the run is assembled from it."""

    series: list[Series] = field(default_factory=list)
    logs: list[LogRecord] = field(default_factory=list)
    config: list[ConfigFact] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    issues: list[ReadIssue] = field(default_factory=list)
    manifest: Manifest | None = None

    @contextmanager
    def guard(self, file: RunFile, reader: str) -> Iterator[None]:
        """Turn a failure of the file system or of a decompressor into an issue, so that the next file is read."""
        try:
            yield
        except (OSError, EOFError, zlib.error) as failure:
            self.fail(file, reader, failure)

    def fail(self, file: RunFile, reader: str, failure: BaseException) -> None:
        """Account for a file that could not be read at all."""
        self.issues.append(
            ReadIssue(kind=IssueKind.UNREADABLE, file=file.name, message=_reason(failure), bytes_lost=file.size)
        )
        self.files.append(FileRecord(path=file.name, bytes=file.size, bytes_lost=file.size, reader=reader))

    def add(self, other: Reading) -> None:
        """Append everything of another reading."""
        self.series += other.series
        self.logs += other.logs
        self.config += other.config
        self.files += other.files
        self.issues += other.issues
        self.manifest = self.manifest or other.manifest


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    `claims(name, head)` looks at the name below the run, without a compression suffix, and at the first bytes.
    Readers are asked in order of `rank`; the first that claims a file has it. Claimed files with one
    `group(name)` are read together, in the order of `order(name)`.
    """

    name: str
    rank: int
    claims: Callable[[str, bytes], bool]
    read: Callable[[Sequence[RunFile], Limits], Reading]
    group: Callable[[str], str] = lambda name: name
    order: Callable[[str], tuple[int | str, ...]] = lambda name: (name,)


def _reason(failure: BaseException) -> str:
    if isinstance(failure, FileNotFoundError):
        return "vanished between listing and opening"
    if isinstance(failure, PermissionError):
        return "no permission to read it; make it readable and analyse again"
    words = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
    return f"cannot be read: {words or type(failure).__name__}"
