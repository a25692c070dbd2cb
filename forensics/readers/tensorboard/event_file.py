"""What one event file held: the types that the reader hands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import ConfigFact, Floats, Ints, ReadIssue


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The scalars of one tag in one file, in file order; all arrays have one length.

    `offsets` is the byte at which the record starts. Values are float32, or float64 where any was logged wider.
    """

    steps: Ints
    wall_times: NDArray[np.float64]
    values: Floats
    offsets: Ints

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class TextEntry:
    """One text of the text plugin."""

    tag: str
    step: int
    text: str
    wall_time: float
    offset: int


class MarkKind(StrEnum):
    """What says that a writer started anew inside a file."""

    SESSION_START = "session-start"
    FILE_VERSION = "file-version"


@dataclass(frozen=True, slots=True)
class Mark:
    """A restart that the file itself declares, before the records from `offset` on.

    A session start names the step from which TensorBoard would discard earlier rows.
    """

    offset: int
    kind: MarkKind
    step: int
    wall_time: float


@dataclass(frozen=True, slots=True, eq=False)
class EventFile:
    """One event file, read to its end: `bytes_read` + `bytes_lost` = `bytes`, its size when it was opened.

    `path` is relative to the run. `others` counts the values that are no scalars, by what they are. `truncated`
    says that the file ends inside a record: its writer was killed, or still writes.
    For a compressed file sizes are those on disk, offsets those of the decompressed bytes.
    """

    path: str
    columns: dict[str, Columns] = field(default_factory=dict)
    texts: tuple[TextEntry, ...] = ()
    hparams: tuple[ConfigFact, ...] = ()
    restarts: tuple[Mark, ...] = ()
    issues: tuple[ReadIssue, ...] = ()
    bytes: int = 0
    bytes_read: int = 0
    bytes_lost: int = 0
    sha256: str = ""
    records: int = 0
    version: str = ""
    truncated: bool = False
    others: dict[str, int] = field(default_factory=dict)
