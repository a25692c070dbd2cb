"""The bytes of an event file as a stream: plain, gzip or zstd, hashed on the way, never beyond its end at opening."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from forensics.model.evidence import IssueKind
from forensics.readers.bytestream import open_regular
from forensics.readers.decompress import gunzip
from forensics.readers.zstd import unzstd
from forensics.safety.limits import GIB, Limits

# Event files compress three to six times; what grows more is no event file.
_LIMITS = Limits(decompressed_bytes=4 * GIB)
_PIECE = 16 << 10
# Holes of a sparse file are hashed up to this size: hashing a terabyte of zeros takes ten minutes.
_HASHED_HOLES = GIB


class PlainSource:
    """An uncompressed file, read up to the size it had when it was opened.

    `length` is the number of bytes the stream will give, None while that is unknown. `problems` is complete once the
    stream has ended.
    """

    compressed = False

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = open(open_regular(path), "rb", buffering=0)  # noqa: SIM115 - closed by close()
        self.size = os.fstat(self._file.fileno()).st_size
        self.length: int | None = self.size
        self.problems: list[tuple[IssueKind, str]] = []
        self.unread = self.size
        self._hash = hashlib.sha256()
        self._holes = 0

    def readinto(self, target: memoryview) -> int:
        """Fill `target` from the front as far as one read goes; 0 at the end."""
        wanted = min(len(target), self.unread)
        got: int = self._file.readinto(target[:wanted]) if wanted else 0  # type: ignore[attr-defined]
        if wanted and not got:
            self.problems.append(
                (IssueKind.TRUNCATED, f"the file became {self.unread} bytes shorter while it was read")
            )
            self.size = self.length = self.size - self.unread
            self.unread = 0
        self._hash.update(target[:got])
        self.unread -= got
        return got

    def skip_hole(self) -> int:
        """Pass over the hole of a sparse file that lies ahead, if one does; return its size in bytes."""
        if not hasattr(os, "SEEK_DATA"):
            return 0
        handle, here = self._file.fileno(), self.size - self.unread
        try:
            there = min(os.lseek(handle, here, os.SEEK_DATA), self.size)
        except OSError:  # no data up to the end
            there = self.size
        os.lseek(handle, there, os.SEEK_SET)
        size = there - here
        self.unread -= size
        self._holes += size
        if self._holes <= _HASHED_HOLES:
            for start in range(0, size, 1 << 20):
                self._hash.update(bytes(min(1 << 20, size - start)))
        return size

    def sha256(self) -> str:
        """Return the hash of all bytes read; empty where the holes of the file are too large to hash."""
        return "" if self._holes > _HASHED_HOLES else self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()


class PackedSource:
    """A gzip or zstd file, decompressed as it streams, bounded in output and ratio. Its sizes are those before that."""

    compressed = True

    def __init__(self, path: Path) -> None:
        self._plain = PlainSource(path)
        self.size = self._plain.size
        self.length: int | None = None
        self.problems: list[tuple[IssueKind, str]] = []
        self.unread = 0
        self._begun = 0
        self._given = 0
        self._rest = memoryview(b"")
        unpacked = unzstd if path.name.endswith(".zst") else gunzip
        self._pieces = unpacked(self._compressed(), _LIMITS, self._problem)

    def _compressed(self) -> Iterator[bytes]:
        piece = memoryview(bytearray(_PIECE))
        while got := self._plain.readinto(piece):
            yield bytes(piece[:got])
            self._begun += got

    def _problem(self, kind: IssueKind, message: str) -> None:
        self.problems.append((kind, message))
        if kind in (IssueKind.DAMAGED, IssueKind.LIMIT):
            self.unread = self.size - self._begun

    def readinto(self, target: memoryview) -> int:
        """Fill `target` with decompressed bytes; 0 at the end, at a limit, or where the stream breaks."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        got = min(len(target), len(self._rest))
        target[:got] = self._rest[:got]
        self._rest = self._rest[got:]
        self._given += got
        if not got:
            self.length = self._given
        return got

    def skip_hole(self) -> int:
        return 0

    def sha256(self) -> str:
        """Return the hash of the compressed file, its unread rest included."""
        scratch = memoryview(bytearray(1 << 20))
        while self._plain.readinto(scratch):
            pass
        return self._plain.sha256()

    def close(self) -> None:
        self._plain.close()


Source = PlainSource | PackedSource


def open_source(path: Path) -> Source:
    """Open an event file for streaming. Raises OSError, also for what is no regular file."""
    return PackedSource(path) if path.name.endswith((".gz", ".zst")) else PlainSource(path)
