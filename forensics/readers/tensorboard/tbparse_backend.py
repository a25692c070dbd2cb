"""Event files by tbparse instead of our reader: for those who want to rule ours out (`--reader tbparse`).

tbparse sorts rows by tag and step, stops at the first damaged record without a word, and knows no byte offsets. Rows
are put back into the order of their wall times here; the rest is said in a note on each file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from forensics.model.evidence import ConfigFact, IssueKind, ReadIssue
from forensics.readers.tensorboard.event_file import Columns, EventFile, TextEntry

if TYPE_CHECKING:
    import pandas as pd

_EVENTS = {"scalars", "tensors", "text", "hparams"}
_CAVEAT = "read by tbparse: damage is not detected, what follows it is missing, and offsets are row numbers"


def read_with_tbparse(root: Path, names: Sequence[str]) -> list[EventFile]:
    """Read event files, given by their paths relative to `root`, with tbparse."""
    return [_read(root / name, name) for name in names]


def _read(path: Path, name: str) -> EventFile:
    from tbparse import SummaryReader

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
        reader = SummaryReader(str(path), event_types=_EVENTS, extra_columns={"wall_time"})
        columns = _columns(reader.scalars) | _columns(reader.tensors)
        texts = tuple(
            TextEntry(str(row.tag), int(row.step), str(row.value), float(row.wall_time), 0)
            for row in _rows(reader.text)
        )
        hparams = tuple(
            ConfigFact(key=str(row.tag), value=row.value, file=name, origin="hparams") for row in _rows(reader.hparams)
        )
    except Exception as error:  # tbparse raises whatever its parsers raise; the next file can still be read
        size = path.stat().st_size if path.exists() else 0
        message = f"tbparse cannot read it: {type(error).__name__}: {str(error)[:200]}"
        issue = ReadIssue(kind=IssueKind.UNREADABLE, file=name, message=message, bytes_lost=size)
        return EventFile(path=name, issues=(issue,), bytes=size, bytes_lost=size)
    return EventFile(
        path=name,
        columns=columns,
        texts=texts,
        hparams=hparams,
        issues=(ReadIssue(kind=IssueKind.NOTE, file=name, message=_CAVEAT),),
        bytes=size,
        bytes_read=size,
        sha256=digest,
        records=sum(map(len, columns.values())) + len(texts),
    )


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False)) if len(frame) else []


def _columns(frame: pd.DataFrame) -> dict[str, Columns]:
    """Return the single numbers of a frame by tag, in the order of their wall times."""
    if not len(frame):
        return {}
    single = frame[[np.size(value) == 1 and np.asarray(value).dtype.kind in "fiub" for value in frame["value"]]]
    out = {}
    for tag, rows in single.groupby("tag", sort=False):
        walls = rows["wall_time"].to_numpy(np.float64)
        order = np.argsort(walls, kind="stable")
        values = np.array([np.asarray(value).item() for value in rows["value"]], np.float64)
        steps = rows["step"].to_numpy(np.int64)
        out[str(tag)] = Columns(steps[order], walls[order], values[order], np.arange(len(rows), dtype=np.int64))
    return out
