"""Writes small runs to disk, with the writers that real runs use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def write_scalars(folder: Path, scalars: Mapping[str, Sequence[float]]) -> Path:
    """Write one event file in which each tag has its values at steps 0, 1, 2, ...; return the folder."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    folder.mkdir(parents=True, exist_ok=True)
    writer = EventFileWriter(str(folder))
    for tag, values in scalars.items():
        for step, value in enumerate(values):
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(wall_time=1.7e9 + step, step=step, summary=summary))
    writer.close()
    return folder
