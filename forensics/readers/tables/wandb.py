"""The binary record of Weights & Biases: left unread, with the way to read it."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.evidence import FileRecord, IssueKind, ReadIssue
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.safety.limits import Limits

NAME = "wandb"
_HOW = (
    "the history of a Weights & Biases run is in a binary format that needs the wandb package: `wandb sync` it, "
    "export the history as CSV into this folder and analyse again; config.yaml, output.log and the summary are read"
)


def leave(files: Sequence[RunFile], limits: Limits) -> Reading:
    """List the files as unread, each with one note."""
    del limits
    return Reading(
        files=[FileRecord(path=file.name, bytes=file.size) for file in files],
        issues=[ReadIssue(kind=IssueKind.NOTE, file=file.name, message=_HOW) for file in files],
    )


READER = Reader(name=NAME, rank=22, claims=lambda name, head: name.lower().endswith(".wandb"), read=leave)
