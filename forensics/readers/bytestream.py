"""Opens one file of an untrusted run and reads it once, counted and hashed."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from types import TracebackType

from forensics.model.evidence import FileRecord, IssueKind, ReadIssue
from forensics.readers.decompress import GZIP, gunzip
from forensics.readers.reader import RunFile
from forensics.readers.zstd import ZSTD, is_supported, unzstd
from forensics.safety.limits import Limits

CHUNK = 1 << 20
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: str | os.PathLike[str], identity: tuple[int, int] | None = None) -> int:
    """Return a descriptor of a regular file; links, pipes and devices are refused with OSError.

    `identity` is the (device, inode) the listing saw: another file of the same name is refused.
    """
    handle = os.open(path, _FLAGS)
    seen = os.fstat(handle)
    if not stat.S_ISREG(seen.st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    if identity is not None and identity != (seen.st_dev, seen.st_ino):
        os.close(handle)
        raise OSError(errno.ESTALE, "replaced by another file since it was listed")
    return handle


class ByteStream:
    """The content of one file, decompressed where it is gzip or zstd, read up to the size it had when it was opened.

    `issues` and `record()` are complete once `chunks()` is exhausted or left.
    """

    def __init__(self, file: RunFile, limits: Limits, most: int | None = None) -> None:
        self.file = file
        self.issues: list[ReadIssue] = []
        self._limits = limits
        self._most = limits.file_bytes if most is None else most
        self._hash = hashlib.sha256()
        self._taken = 0
        self._handle = open_regular(file.path, file.identity)
        self.size = os.fstat(self._handle).st_size
        head = os.read(self._handle, len(ZSTD))
        self._zstd = head == ZSTD and is_supported()
        self.compressed = head.startswith(GZIP) or self._zstd
        os.lseek(self._handle, 0, os.SEEK_SET)

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces of about a mebibyte."""
        if self.compressed:
            yield from (unzstd if self._zstd else gunzip)(self._raw(), self._limits, self._problem)
        else:
            yield from self._raw()
        if self._taken < min(self.size, self._most) and not self.issues:
            self._problem(
                IssueKind.TRUNCATED,
                f"the file shrank while it was read: {self._taken:,} of {self.size:,} bytes were left",
            )
        if self.size > self._most:
            self._problem(IssueKind.LIMIT, f"only the first {self._most:,} of {self.size:,} bytes were read")

    def whole(self) -> bytes:
        """Return the whole content."""
        return b"".join(self.chunks())

    def record(self, reader: str, lost: int = 0) -> FileRecord:
        """Account for the file. `lost` counts bytes that were read but of which nothing could be made.

        In a compressed file only whole compressed bytes can be counted, so what is lost inside is not.
        """
        lost = 0 if self.compressed else min(lost, self._taken)
        return FileRecord(
            path=self.file.name,
            bytes=self.size,
            bytes_read=self._taken - lost,
            bytes_lost=self.size - self._taken + lost,
            sha256=self._hash.hexdigest() if self._taken == self.size else "",
            reader=reader,
        )

    def _raw(self) -> Iterator[bytes]:
        left = min(self.size, self._most)
        while left > 0:
            piece = os.read(self._handle, min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            self._taken += len(piece)
            self._hash.update(piece)
            yield piece

    def _problem(self, kind: IssueKind, message: str) -> None:
        self.issues.append(
            ReadIssue(
                kind=kind,
                file=self.file.name,
                message=message,
                offset=self._taken,
                bytes_lost=self.size - self._taken,
            )
        )
