"""The bytes of an event file as a stream: plain or gzip, hashed on the way, never more than was there at opening."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from pathlib import Path
from typing import BinaryIO

# A compressed event file is read up to this many decompressed bytes: protects against bombs.
GZIP_LIMIT = 4 << 30


class PlainSource:
    """An uncompressed file, read up to the size it had when it was opened."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by close()
        self.size = os.fstat(self._file.fileno()).st_size
        self.length: int | None = self.size
        self.limited = False
        self.compressed = False
        self.error = ""
        self._left = self.size
        self._hash = hashlib.sha256()

    def readinto(self, target: memoryview) -> int:
        """Fill `target` from the front as far as one read goes; 0 at the end."""
        wanted = min(len(target), self._left)
        if not wanted:
            return 0
        got = self._file.readinto(target[:wanted])  # type: ignore[attr-defined]
        if not got:
            self.error = "the file became shorter while it was read"
            self.size -= self._left
            self.length = self.size
            self._left = 0
            return 0
        self._hash.update(target[:got])
        self._left -= got
        return int(got)

    @property
    def unread(self) -> int:
        return self._left

    def sha256(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()


class _Tap:
    """Passes compressed bytes on and hashes them."""

    def __init__(self, source: PlainSource) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        buffer = bytearray(size if size >= 0 else 1 << 16)
        got = self._source.readinto(memoryview(buffer))
        return bytes(buffer[:got])


class GzipSource:
    """A gzip file, decompressed as it streams, up to GZIP_LIMIT bytes."""

    def __init__(self, path: Path) -> None:
        self._plain = PlainSource(path)
        self.size = self._plain.size
        self.length: int | None = None
        self.limited = False
        self.compressed = True
        self.error = ""
        self.unread = 0
        self._stream = gzip.GzipFile(fileobj=_Tap(self._plain), mode="rb")  # type: ignore[call-overload]
        self._given = 0

    def readinto(self, target: memoryview) -> int:
        """Fill `target` with decompressed bytes; 0 at the end, at the limit, or where the stream breaks."""
        wanted = min(len(target), GZIP_LIMIT - self._given, 1 << 20)
        try:
            piece: bytes = self._stream.read1(wanted) if wanted else b""
        except (OSError, EOFError, zlib.error) as error:
            self.error = f"the gzip stream breaks off: {error}"
            piece = b""
        if not wanted:
            self.limited = bool(self._plain.unread)
        target[: len(piece)] = piece
        self._given += len(piece)
        if not piece:
            self.length = self._given
            self.unread = self._plain.unread if self._given else self.size
        return len(piece)

    def sha256(self) -> str:
        """Return the hash of the compressed file, its unread rest included."""
        scratch = memoryview(bytearray(1 << 20))
        while self._plain.readinto(scratch):
            pass
        return self._plain.sha256()

    def close(self) -> None:
        self._stream.close()
        self._plain.close()


Source = PlainSource | GzipSource


def open_source(path: Path) -> Source:
    """Open an event file for streaming. Raises OSError."""
    return GzipSource(path) if path.name.endswith(".gz") else PlainSource(path)
