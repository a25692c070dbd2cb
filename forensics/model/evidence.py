"""What a run left behind, as it was read: nothing here is interpreted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from forensics.model.source import SourceReport

Ints = NDArray[np.int64]
Floats = NDArray[np.float64] | NDArray[np.float32]
Flags = NDArray[np.bool_]


class EvidenceRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a statement can be checked: a place in a file, or a range of steps of a tag."""

    file: str | None = None
    offset: int | None = None
    line: int | None = None
    tag: str | None = None
    first_step: int | None = None
    last_step: int | None = None
    key: str | None = None


class IssueKind(StrEnum):
    """What kept bytes from being read, or what a reader noticed about them."""

    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    TRAILING = "trailing"
    UNREADABLE = "unreadable"
    MALFORMED = "malformed"
    EMPTY = "empty"
    REFUSED = "refused"
    LIMIT = "limit"
    NOTE = "note"


class ReadIssue(msgspec.Struct, frozen=True, kw_only=True):
    """Something lost, or odd, in one file.

    `bytes_lost` counts bytes that no record was made of; `records_lost` is None where it cannot be known.
    """

    kind: IssueKind
    file: str
    message: str
    offset: int | None = None
    line: int | None = None
    bytes_lost: int = 0
    records_lost: int | None = None


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the run. For a file a reader claims, `bytes_read` + `bytes_lost` = `bytes`."""

    path: str
    bytes: int
    bytes_read: int = 0
    bytes_lost: int = 0
    sha256: str = ""
    reader: str = "unread"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Every value that was logged under one tag of one source, in file order.

    All arrays have one length. `offsets` is the byte offset of the record in `files[file_index[i]]`
    (for text sources the line number, 0 where a document has no
    lines to speak of). `segment` counts restarts, files and backward steps from 0.
    `superseded` marks rows that a later segment overwrote: a resumed run repeats their steps.
    `updates` is the gradient update index of each row where the source logs one, else None. `declared` holds fields of
    Meaning that the source states, and `counts: records` where `steps` but number what was written.
    """

    id: str
    tag: str
    source: str
    files: tuple[str, ...]
    steps: Ints
    wall_times: NDArray[np.float64]
    values: Floats
    segment: NDArray[np.int32]
    superseded: Flags
    offsets: Ints
    file_index: NDArray[np.int32]
    updates: Ints | None = None
    declared: dict[str, str] | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def ref(self, first: int = 0, last: int = -1) -> EvidenceRef:
        """Point at rows `first` to `last` (positions, inclusive)."""
        if not len(self):
            return EvidenceRef(tag=self.tag)
        place = int(self.offsets[first])
        text = self.source != "tensorboard"
        return EvidenceRef(
            file=self.files[int(self.file_index[first])],
            offset=None if text else place,
            line=(place or None) if text else None,
            tag=self.tag,
            first_step=int(self.steps[first]),
            last_step=int(self.steps[last]),
        )

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame: step, wall_time, value, segment, superseded."""
        import pandas as pd

        return pd.DataFrame(
            {
                "step": self.steps,
                "wall_time": self.wall_times,
                "value": self.values,
                "segment": self.segment,
                "superseded": self.superseded,
            }
        )


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a text or JSON log.

    `line` and `last_line` count from 1. `body` holds continuation lines. `fields` maps the names found in
    `name=value` pairs and `key: value` lines to a number (unit dropped) or the text. `time` is Unix seconds.
    """

    file: str
    line: int
    last_line: int
    message: str
    level: str = ""
    logger: str = ""
    time: float | None = None
    body: tuple[str, ...] = ()
    fields: dict[str, float | str] = field(default_factory=dict)
    step: int | None = None
    update: int | None = None

    def ref(self) -> EvidenceRef:
        """Point at the first line of the record."""
        return EvidenceRef(file=self.file, line=self.line)


class ConfigFact(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a configuration, its path joined by dots. `origin` is default, file, cli, hparams or text."""

    key: str
    value: Any
    file: str
    origin: str = "file"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the run says of itself in manifest.json. `metrics` maps a tag to its declared meaning."""

    file: str
    run_id: str = ""
    backend: str = ""
    status: str = ""
    command: str = ""
    planned_steps: int | None = None
    start: float | None = None
    end: float | None = None
    framework: str = ""
    algorithm: str = ""
    commit: str = ""
    """Of the repository that the run was started from."""
    metrics: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that was read. `live` means the newest file ends in half a record and may still grow.

    `source` holds the facts of the training source where one was at hand, `source_texts` its files by path, and
    `source_origin` says where it came from.
    """

    name: str
    path: str
    series: tuple[Series, ...] = ()
    logs: tuple[LogRecord, ...] = ()
    config: tuple[ConfigFact, ...] = ()
    files: tuple[FileRecord, ...] = ()
    issues: tuple[ReadIssue, ...] = ()
    manifest: Manifest | None = None
    live: bool = False
    source: SourceReport | None = None
    source_texts: Mapping[str, str] = field(default_factory=dict)
    source_origin: str = ""
