"""A full disk costs records, which are counted; it never costs the run or a file's last whole record."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from forensics import analyze
from forensics.readers.run import load_run
from forensics.recorder.appender import RETRY_SECONDS, Appender
from forensics.recorder.journal import Journal
from forensics.recorder.moment import Moment
from forensics.recorder.sidelog import SideLog
from tests.recorder.reading import column, events

ROOT = Path(__file__).resolve().parents[2]


class Disk:
    """A disk with room for some bytes, and the clock its users look at."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.now = 0.0

    def write(self, handle: int, data: memoryview) -> int:
        """Write what there is room for."""
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = os.write(handle, data[: self.room])
        self.room -= done
        return done

    def open(self, path: Path) -> Appender:
        """Open a file on this disk."""
        return Appender(path, self.write, lambda: self.now)


def test_a_record_that_does_not_fit_leaves_no_half_behind(tmp_path: Path) -> None:
    disk = Disk(25)
    file = disk.open(tmp_path / "file")
    assert [file.write(b"0123456789") for _ in range(3)] == [True, True, False]
    assert (tmp_path / "file").read_bytes() == b"0123456789" * 2
    assert file.take_dropped() == 1


def test_the_disk_is_asked_again_after_a_minute_and_not_before(tmp_path: Path) -> None:
    disk = Disk(0)
    file = disk.open(tmp_path / "file")
    assert not file.write(b"a")
    disk.room = 100
    disk.now = RETRY_SECONDS - 1
    assert not file.write(b"b")
    disk.now = RETRY_SECONDS
    assert file.write(b"c")
    assert (tmp_path / "file").read_bytes() == b"c"
    assert file.take_dropped() == 2


def journal_on(disk: Disk, folder: Path) -> Journal:
    """Open a journal on a disk."""
    at = Moment(1.0, 0.0, 0, 0, 0)
    return Journal(folder, "run", at, part_bytes=1 << 20, full_rate_bytes=1 << 20, opener=disk.open)


def test_the_last_words_are_said_where_the_disk_has_room_again_by_then(tmp_path: Path) -> None:
    disk = Disk(1_000)
    journal = journal_on(disk, tmp_path)
    for update in range(1, 51):
        journal.record(Moment(disk.now, disk.now, update, update, 0), {"losses/critic_loss": 1.0})
    disk.room = 1 << 20  # a moment before the end: the minute until the next try has not passed
    last = Moment(disk.now, disk.now, 50, 50, 0)
    assert not journal.say(last, "run_end", "INFO", {"status": "finished"})
    journal.retry()
    assert journal.say(last, "run_end", "INFO", {"status": "finished"})


def test_a_gap_is_recorded_with_count_and_interval_once_there_is_room(tmp_path: Path) -> None:
    disk = Disk(1_000)
    journal = journal_on(disk, tmp_path)
    done = []
    for update in range(1, 101):
        disk.now += 1.0
        if update == 50:
            disk.room = 1 << 20
        done.append(journal.record(Moment(disk.now, disk.now, update, update, 0), {"losses/critic_loss": 1.0}))
    journal.close(Moment(disk.now, disk.now, 100, 100, 0))
    lost = [update for update, kept in enumerate(done, 1) if not kept]
    assert lost
    assert done[-1]
    gaps = [line["payload"] for line in events(tmp_path, "gap")]
    assert sum(gap["log_records"] for gap in gaps) >= len(lost) - 1
    assert gaps[0]["span"].startswith(f"update {lost[0]} to")
    assert gaps[0]["seconds"] == pytest.approx(RETRY_SECONDS, abs=2)
    held = column(tmp_path, "losses/critic_loss")
    assert len(held) >= 100 - len(lost)
    run = load_run(tmp_path)
    assert not run.issues
    assert journal.dropped >= len(lost)


def test_a_gap_is_said_at_the_end_at_the_latest(tmp_path: Path) -> None:
    disk = Disk(600)
    journal = journal_on(disk, tmp_path)
    for update in range(20):
        journal.record(Moment(0.0, 0.0, update, update, 0), {"a/b": 1.0})
    disk.room = 1 << 20
    journal.close(Moment(0.0, 5.0, 20, 20, 0))
    assert len(events(tmp_path, "gap")) == 1


def test_the_small_logs_count_their_losses(tmp_path: Path) -> None:
    disk = Disk(10)
    log = SideLog(tmp_path / "log", lambda count: b"lost %d\n" % count, disk.open)
    for number in range(5):
        log.write(b"line %d\n" % number)
    disk.room, disk.now = 1_000, RETRY_SECONDS
    log.write(b"last\n")
    assert (tmp_path / "log").read_bytes() == b"line 0\nlost 4\nlast\n"


LIMITED = """
import resource, sys
from forensics.recorder import Recorder
rec = Recorder(sys.argv[1], source=())
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
acknowledged = [step for step in range(1, 501) if rec.record("sample", {"number": step}, env_step=step)]
assert rec.step(env_step=501, critic_loss=1.0), "the loop must go on"
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
rec.close()
import json
print(json.dumps([acknowledged, rec.failures]))
"""


def test_a_real_file_size_limit_stops_the_log_and_not_the_loop(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    acknowledged, failures = json.loads(done.stdout)
    assert 50 < len(acknowledged) < 500
    assert failures == 0
    assert set(acknowledged) <= set(column(tmp_path, "sample/number"))
    assert len(events(tmp_path, "gap")) == 1
    assert not load_run(tmp_path).issues
    assert analyze(tmp_path).run.ended == "finished"
