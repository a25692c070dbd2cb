"""Names of the files that a log is rotated into, and mending what a killed writer left.

A full or foreign part gets the time in its name (debug.jsonl.2026-11-05T12-00-00.123456), so that names sort by age and
the part without a time is the one being written. No part is ever deleted or appended to.
"""

from __future__ import annotations

import os
import struct
from datetime import UTC, datetime
from pathlib import Path

from forensics.crc32c import crc32c, masked

_TAIL = 1 << 16
_HEADER = 12
_FRAME = 16


def set_aside(path: Path) -> None:
    """Rename `path`, if there is one, to the part of its age. Raises OSError."""
    if path.exists():
        os.rename(path, _free(path))


def _free(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
    part = path.with_name(f"{path.name}.{stamp}")
    return part if not part.exists() else _free(path)


def mend_lines(path: Path) -> int:
    """Cut a half line off the end of a text file; return how many bytes went. Raises OSError."""
    with path.open("r+b") as file:
        size = end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - _TAIL)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            file.truncate(end)
    return size - end


def mend_events(path: Path) -> int:
    """Cut off what follows the last whole record of an event file; return how many bytes went. Raises OSError.

    Only lengths are followed, each checked by its own checksum; damage further up is left as it is, for whoever
    reads the file to see.
    """
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        end = 0
        while end + _FRAME <= size:
            file.seek(end)
            header = file.read(_HEADER)
            length, crc = struct.unpack("<QI", header)
            if masked(crc32c(header[:8])) != crc:
                return 0
            if end + _FRAME + length > size:
                break
            end += _FRAME + length
        if end < size:
            file.truncate(end)
    return size - end
