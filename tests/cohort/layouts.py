"""Folders of runs as frameworks lay them out, written from plain content."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.readers.run_files import write
from tests.readers.tensorboard import event_files

START = 1_760_000_000.0
TAGS = ("rollout/ep_rew_mean", "train/loss", "time/fps")


def events(
    tags: Sequence[str] = TAGS, *, seed: int = 0, steps: Iterable[int] = range(0, 3000, 100), start: float = START
) -> bytes:
    """An event file of a run that learns, ten seconds a point; the seed makes its values its own."""
    records = [
        event_files.scalar(tag, step, math.sin(place / 3 + seed * 7 + number) + place * 0.1, start + 10.0 * place)
        for place, step in enumerate(steps)
        for number, tag in enumerate(tags)
    ]
    return event_files.file(*records)


def name(start: float = START, host: str = "host", process: int = 100, number: int = 0) -> str:
    """The name that TensorBoard's writer gives to an event file."""
    return f"events.out.tfevents.{int(start)}.{host}.{process}.{number}"


def table(header: str = "step,reward,loss,length", rows: int = 40, *, seed: int = 0, first: int = 0) -> str:
    """A table of metrics; the seed makes its values its own."""
    width = header.count(",")
    lines = [header]
    for row in range(rows):
        values = (f"{math.sin(row / 3 + seed * 7 + column) + row * 0.1:.4f}" for column in range(width))
        lines.append(",".join([str(first + 100 * row), *values]))
    return "\n".join(lines) + "\n"


def lay(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write the files and return the folder."""
    return write(root, files)
