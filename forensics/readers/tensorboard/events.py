"""TensorBoard event files as one of the formats of a run, by either backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from forensics.model.evidence import FileRecord
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tagtext import facts_of_text
from forensics.readers.tensorboard.tfevents import is_event_file, read_event_files, to_series
from forensics.safety.limits import Limits

if TYPE_CHECKING:
    from forensics.readers.tensorboard.event_file import EventFile

NAME = "tensorboard"
BACKENDS = ("native", "tbparse")


def events_reader(backend: str, root: Path) -> Reader:
    """Return the reader of event files below `root`."""

    def read(files: Sequence[RunFile], limits: Limits) -> Reading:
        del limits
        shown = {file.real: file.name for file in files}
        return _reading(_event_files(backend, root, list(shown)), shown, NAME if backend == "native" else backend)

    return replace(READER, read=read)


def _event_files(backend: str, root: Path, names: list[str]) -> list[EventFile]:
    if backend == "tbparse":
        from forensics.readers.tensorboard.tbparse_backend import read_with_tbparse

        return list(read_with_tbparse(root, names))
    return read_event_files(root, names)


def _reading(read: list[EventFile], shown: dict[str, str], reader: str) -> Reading:
    reading = Reading()
    for item in read:
        name = shown.get(item.path, item.path)
        reading.issues += [msgspec.structs.replace(issue, file=name) for issue in item.issues]
        reading.config += [msgspec.structs.replace(fact, file=name) for fact in item.hparams]
        for text in item.texts:
            reading.config += facts_of_text(text.tag, text.text, name)
        reading.files.append(
            FileRecord(
                path=name,
                bytes=item.bytes,
                bytes_read=item.bytes_read,
                bytes_lost=item.bytes_lost,
                sha256=item.sha256,
                reader=reader,
            )
        )
    reading.series += [
        replace(item, files=tuple(shown.get(name, name) for name in item.files)) for item in to_series(read)
    ]
    return reading


def _claims(name: str, head: bytes) -> bool:
    del head
    return is_event_file(PurePosixPath(name).name)


def _unbound(files: Sequence[RunFile], limits: Limits) -> Reading:
    raise RuntimeError("the reader of event files needs the folder of the run: use events_reader")


READER = Reader(
    name=NAME, rank=10, claims=_claims, read=_unbound, group=lambda name: f"{NAME}:{PurePosixPath(name).parent}"
)
