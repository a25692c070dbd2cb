"""Arrays saved by numpy.save: one row of numbers becomes a series that is named after its file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from forensics.model.evidence import IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tables.tags import names_results
from forensics.safety.limits import Limits

NAME = "npy"
_MAGIC = b"\x93NUMPY"
_LEAST = 2


def claims(name: str, head: bytes) -> bool:
    """Claim .npy that is named as results and holds numbers in one dimension.

    Arrays of objects would be unpickled, and are left alone; other rows of numbers are data, not curves.
    """
    return name.lower().endswith(".npy") and names_results(name) and head.startswith(_MAGIC) and _is_row(head)


def read_arrays(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each array by itself. Its points are numbered: an array names no steps."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, limits.document_bytes) as stream:
            lost = 0
            try:
                values = np.load(io.BytesIO(stream.whole()), allow_pickle=False).reshape(-1).astype(np.float64)
                columns = Columns(f"{NAME}:{file.name}", (file.name,), limits.tags)
                for value in values.tolist():
                    columns.add(columns.row(0, 0, None, None, None), PurePosixPath(file.logical).stem, value)
                reading.series += columns.series(at_least=_LEAST)
            except (ValueError, EOFError) as failure:
                lost = stream.size
                message = f"not an array of numpy: {str(failure)[:200]}"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


def _is_row(head: bytes) -> bool:
    """Tell whether the header names real numbers in one dimension, or in a single column."""
    try:
        stream = io.BytesIO(head)
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version[0] == 1 else np.lib.format.read_array_header_2_0
        shape, _, kind = read(stream)
    except (ValueError, EOFError, UnicodeDecodeError, SyntaxError):
        return False
    return kind.kind in "fiu" and (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1))


READER = Reader(name=NAME, rank=24, claims=claims, read=read_arrays)
