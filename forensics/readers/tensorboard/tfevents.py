"""TensorBoard event files to columns of scalars, with every checksum tested and every lost byte accounted for.

Records are framed by a scan for zero runs (tfrecord.py, headers.py),
decoded by templates in groups (template.py, keys.py), and whatever is not a plain scalar, or differs
in any byte from what it should be, is parsed exactly (event.py). Needs numpy alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from forensics.model.evidence import IssueKind, ReadIssue
from forensics.readers.tensorboard.decode import Decoder, Templates
from forensics.readers.tensorboard.event_file import Columns, EventFile, Mark, MarkKind, TextEntry
from forensics.readers.tensorboard.event_source import Source, open_source
from forensics.readers.tensorboard.ledger import Ledger
from forensics.readers.tensorboard.review import describe_whole, review
from forensics.readers.tensorboard.segments import to_series
from forensics.readers.tensorboard.tfrecord import BLOCK, Framer
from forensics.readers.zstd import HOW, is_supported

__all__ = [
    "Columns",
    "EventFile",
    "Mark",
    "MarkKind",
    "TextEntry",
    "is_event_file",
    "read_event_files",
    "to_series",
]

# What a tool made of an event file, or keeps beside it, carries its name and is none.
_NO_EVENTS = re.compile(r"\.(csv|jsonl?|txt|md|html|png|svg|pdf|pkl|np[yz]|parquet|zip|tar|tgz|py|log|profile-empty)$")


def is_event_file(name: str) -> bool:
    """Whether a file of this name claims to be an event file, as TensorBoard decides it."""
    base = PurePosixPath(name).name
    return "tfevents" in base and not _NO_EVENTS.search(base.lower())


def read_event_files(root: Path, names: Sequence[str], *, block: int = BLOCK) -> list[EventFile]:
    """Read event files, given by their paths relative to `root`, in that order.

    Never raises on what is in a file: what cannot be read is stated in `issues`. `block` is the size of one read in
    bytes; it changes nothing that is read.
    """
    templates: Templates = {}
    out: list[EventFile] = []
    seen: dict[tuple[str, str], str] = {}
    for name in names:
        file = _read(root, name, templates, block)
        first = seen.setdefault((str(PurePosixPath(name).parent), file.sha256 or name), name)
        out.append(file if first == name or not file.records else _copy_of(first, file))
    return out


def _copy_of(first: str, file: EventFile) -> EventFile:
    note = ReadIssue(
        kind=IssueKind.NOTE, file=file.path, message=f"a copy of {PurePosixPath(first).name}: its records count once"
    )
    return replace(file, columns={}, texts=(), hparams=(), restarts=(), issues=(*file.issues, note))


def _read(root: Path, name: str, templates: Templates, block: int) -> EventFile:
    if name.endswith(".zst") and not is_supported():
        return _refused(root, name, IssueKind.UNREADABLE, HOW)
    try:
        source = open_source(root / name)
    except OSError as error:
        return _refused(root, name, IssueKind.UNREADABLE, f"cannot be opened: {error.strerror}")
    try:
        return _stream(source, name, templates, block)
    except OSError as error:
        return _refused(root, name, IssueKind.UNREADABLE, f"cannot be read: {error.strerror}")
    finally:
        source.close()


def _refused(root: Path, name: str, kind: IssueKind, message: str) -> EventFile:
    try:
        size = (root / name).stat().st_size
    except OSError:
        size = 0
    issue = ReadIssue(kind=kind, file=name, message=message, bytes_lost=size)
    return EventFile(path=name, issues=(issue,), bytes=size, bytes_lost=size)


def _stream(source: Source, name: str, templates: Templates, block: int) -> EventFile:
    ledger = Ledger(name)
    framer = Framer(source, ledger, block)
    decoder = Decoder(ledger, templates)
    for records in framer.blocks():
        decoder.block(records)
    columns = review(decoder, ledger)
    describe_whole(source, framer, decoder, ledger)
    sha256 = source.sha256()
    lost = source.unread if source.compressed else ledger.bytes_lost
    return EventFile(
        path=name,
        columns=columns,
        texts=tuple(decoder.texts),
        hparams=tuple(decoder.hparams),
        restarts=tuple(decoder.marks),
        issues=ledger.issues(),
        bytes=source.size,
        bytes_read=source.size - lost,
        bytes_lost=lost,
        sha256=sha256,
        records=decoder.records,
        version=decoder.version,
        truncated=framer.truncated,
        others=dict(decoder.others),
    )
