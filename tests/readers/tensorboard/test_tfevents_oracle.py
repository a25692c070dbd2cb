"""On real event files our reader and tbparse give the same rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from forensics.readers.tensorboard.tbparse_backend import read_with_tbparse
from forensics.readers.tensorboard.tfevents import EventFile, is_event_file, read_event_files
from tests.readers.tensorboard import event_files as ev

pytest.importorskip("tbparse")


def rows(files: list[EventFile]) -> Counter[tuple[str, int, float, bytes]]:
    found: Counter[tuple[str, int, float, bytes]] = Counter()
    for file in files:
        for tag, column in file.columns.items():
            values = column.values.astype(np.float64)
            texts = [value.tobytes() if value == value else b"nan" for value in values]
            found.update(
                zip([tag] * len(column), column.steps.tolist(), column.wall_times.tolist(), texts, strict=True)
            )
    return found


def test_archived_runs_equal_tbparse(archived_runs: Path) -> None:
    names = [path.relative_to(archived_runs).as_posix() for path in sorted(archived_runs.rglob("*"))]
    names = [name for name in names if is_event_file(name) and (archived_runs / name).stat().st_size < 1 << 20]
    assert names
    ours, theirs = read_event_files(archived_runs, names), read_with_tbparse(archived_runs, names)
    for one, other in zip(ours, theirs, strict=True):
        assert rows([one]) == rows([other]), one.path
        assert one.sha256 == other.sha256
        assert not one.bytes_lost


def test_tensor_scalars_equal_tbparse(tmp_path: Path) -> None:
    proto = [ev.integer(1, 1) + ev.block(2, b"") + ev.block(4, np.float32(row / 3).tobytes()) for row in range(50)]
    packed = [ev.integer(1, 1) + ev.block(5, np.float32(row / 7).tobytes()) for row in range(50)]
    records = [
        ev.record(ev.event(step, ev.tensor(tag, protos[step]), wall=ev.WALL + step))
        for step in range(50)
        for tag, protos in (("tf2", proto), ("torch", packed))
    ]
    (tmp_path / ev.NAME).write_bytes(ev.file(*records, *ev.curve("simple", range(20))))
    ours, theirs = read_event_files(tmp_path, [ev.NAME]), read_with_tbparse(tmp_path, [ev.NAME])
    assert rows(ours) == rows(theirs)
    assert sum(rows(ours).values()) == 120


def test_what_tbparse_cannot_read_is_an_issue(tmp_path: Path) -> None:
    (file,) = read_with_tbparse(tmp_path, ["events.out.tfevents.missing"])
    assert [issue.kind.value for issue in file.issues] == ["unreadable"]
