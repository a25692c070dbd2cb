"""Takes the source of a run out of its archive, in memory and bounded: the archive is untrusted."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from forensics.comparison.source import ARCHIVE
from forensics.model.evidence import IssueKind
from forensics.readers.decompress import gunzip
from forensics.safety.limits import MIB, Limits

FILES = 5_000  # the recorder's own bounds
FILE_BYTES = 1 * MIB
ALL_BYTES = 96 * MIB  # 64 MiB of source, and the headers around it
_PIECE = 1 << 20


def read_source(run: Path, limits: Limits | None = None) -> dict[str, bytes] | None:
    """Return the regular files of source.tar.gz in the run directory by path; None where there is none to be read.

    Nothing is written, no link is followed. An archive that is damaged or too large counts as absent: half a source
    would show files as removed.
    """
    archive = run / ARCHIVE
    if not archive.is_file() or archive.is_symlink():
        return None
    problems: list[IssueKind] = []
    bounds = replace(limits or Limits(), decompressed_bytes=ALL_BYTES)
    try:
        data = b"".join(gunzip(_chunks(archive), bounds, lambda kind, _: problems.append(kind)))
        if problems:
            return None
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            return _files(tar)
    except (OSError, tarfile.TarError, EOFError, ValueError):
        return None


def _files(tar: tarfile.TarFile) -> dict[str, bytes] | None:
    found: dict[str, bytes] = {}
    for entry in tar:
        if len(found) >= FILES:
            return None
        content = tar.extractfile(entry) if entry.isreg() and entry.size <= FILE_BYTES else None
        if content is not None:
            found[entry.name] = content.read()
    return found


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
