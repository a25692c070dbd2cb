"""One writer a directory; the lock of a dead one does not hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from forensics.errors import UsageError
from forensics.recorder import Recorder
from forensics.recorder.lock import NAME, WriterLock

LOCKS = """
import sys
from pathlib import Path
from forensics.recorder.lock import WriterLock
WriterLock(Path(sys.argv[1]))
"""


def held(folder: Path) -> dict[str, object]:
    """Return what the lock says."""
    found = json.loads((folder / NAME).read_text())
    assert isinstance(found, dict)
    return found


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=()) as rec:
        with pytest.raises(UsageError, match="is being written by process"):
            Recorder(tmp_path, source=(), resume={})
        assert rec.record("sample", {"number": 1})
    assert not (tmp_path / NAME).exists()


def test_a_lock_of_a_process_that_ended_is_taken_over(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LOCKS, str(tmp_path)], check=True, cwd=Path(__file__).resolve().parents[2])
    dead = held(tmp_path)["pid"]
    assert WriterLock(tmp_path).took_over
    assert held(tmp_path)["pid"] != dead


@pytest.mark.parametrize("change", [{"boot_id": "another boot"}, {"started": "1"}])
def test_a_living_process_with_the_old_number_is_another_process(tmp_path: Path, change: dict[str, str]) -> None:
    WriterLock(tmp_path)
    (tmp_path / NAME).write_text(json.dumps(held(tmp_path) | {"pid": 1} | change))
    assert WriterLock(tmp_path).took_over


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}'])
def test_a_lock_that_says_nothing_does_not_hold(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert not WriterLock(tmp_path).took_over
