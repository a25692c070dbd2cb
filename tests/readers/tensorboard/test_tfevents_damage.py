"""Damage costs what it hit and no more; every lost byte is stated; nothing in a file makes the reader raise."""

from __future__ import annotations

import gzip
import os
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from forensics.model.evidence import IssueKind
from forensics.readers.tensorboard.event_source import PlainSource
from forensics.readers.tensorboard.tfevents import EventFile, read_event_files
from tests.readers.tensorboard import event_files as ev

Row = tuple[str, int, float, float]
ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


def records() -> list[bytes]:
    """Forty scalars of two tags with a long record among them."""
    rows = [ev.scalar(tag, step, step / 8, ev.WALL + step) for step in range(20) for tag in ("loss", "grad/norm")]
    text = ev.tensor("note", ev.integer(1, 7) + ev.block(8, b"x" * 400), "text")
    return [*rows[:11], ev.record(ev.event(3, text)), *rows[11:]]


DATA = ev.file(*records())
STARTS = np.cumsum([0, len(ev.version()), *map(len, records())]).tolist()


def read(folder: Path, data: bytes, block: int = 8 << 20, name: str = ev.NAME) -> EventFile:
    (folder / name).write_bytes(data)
    (file,) = read_event_files(folder, [name], block=block)
    assert file.bytes == len(data) == file.bytes_read + file.bytes_lost
    if not name.endswith(".gz"):
        assert sum(issue.bytes_lost for issue in file.issues) == file.bytes_lost
    return file


def rows(file: EventFile) -> Counter[Row]:
    found: Counter[Row] = Counter()
    for tag, column in file.columns.items():
        found.update(
            zip(
                [tag] * len(column),
                column.steps.tolist(),
                column.wall_times.tolist(),
                column.values.tolist(),
                strict=True,
            )
        )
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Counter[Row]:
    return rows(read(tmp_path_factory.mktemp("whole"), DATA))


def test_the_undamaged_file_is_read_whole(whole: Counter[Row]) -> None:
    assert sum(whole.values()) == 40


def test_every_truncation_keeps_all_whole_records(tmp_path: Path, whole: Counter[Row]) -> None:
    names = {f"tfevents.{cut}": cut for cut in range(1, len(DATA))}
    for name, cut in names.items():
        (tmp_path / name).write_bytes(DATA[:cut])
    for file in read_event_files(tmp_path, list(names)):
        cut = names[file.path]
        assert file.bytes == cut == file.bytes_read + file.bytes_lost
        complete = sum(start <= cut for start in STARTS[1:])
        assert file.records == complete, cut
        assert rows(file) <= whole
        assert file.truncated == (cut not in STARTS)
        lost = [issue for issue in file.issues if issue.kind is not IssueKind.NOTE]
        if cut not in STARTS:
            (issue,) = lost
            assert (issue.kind, issue.offset) == (IssueKind.TRUNCATED, STARTS[complete])


@ONE_FOLDER
@given(bit=st.integers(0, len(DATA) * 8 - 1), block=st.sampled_from([64, 1000, 8 << 20]))
def test_a_flipped_bit_costs_one_record(tmp_path: Path, whole: Counter[Row], bit: int, block: int) -> None:
    data = bytearray(DATA)
    data[bit // 8] ^= 1 << bit % 8
    file = read(tmp_path, bytes(data), block)
    assert rows(file) <= whole
    assert file.records == len(STARTS) - 2
    (issue,) = (issue for issue in file.issues if issue.kind is not IssueKind.NOTE)
    struck = max(start for start in STARTS if start <= bit // 8)
    assert issue.offset == struck
    # Behind the last record stands no header to count by.
    assert issue.records_lost == 1 or block < len(DATA) or struck == STARTS[-2]
    assert issue.bytes_lost == file.bytes_lost == STARTS[STARTS.index(struck) + 1] - struck


@ONE_FOLDER
@given(first=st.integers(0, len(DATA) - 1), size=st.integers(1, 600), fill=st.sampled_from([0, 255, 8, None]))
def test_an_overwritten_stretch_costs_only_what_it_touches(
    tmp_path: Path, whole: Counter[Row], first: int, size: int, fill: int | None
) -> None:
    data = bytearray(DATA)
    stop = min(first + size, len(data))
    data[first:stop] = random.Random(size).randbytes(stop - first) if fill is None else bytes([fill]) * (stop - first)
    file = read(tmp_path, bytes(data))
    touched = sum(a < stop and b > first for a, b in pairwise(STARTS))
    assert rows(file) <= whole
    assert file.records >= len(STARTS) - 1 - touched


@ONE_FOLDER
@given(first=st.integers(0, len(DATA) - 1), size=st.integers(1, 300), block=st.sampled_from([1, 100, 8 << 20]))
def test_missing_bytes_cost_only_the_records_they_were_in(
    tmp_path: Path, whole: Counter[Row], first: int, size: int, block: int
) -> None:
    # where the missing bytes are as many as some whole records that follow, these stand inside the torn one's length
    torn = next(stop for stop in STARTS if stop > first)
    assume(torn + size not in STARTS)
    file = read(tmp_path, DATA[:first] + DATA[first + size :], block)
    touched = sum(a < first + size and b > first for a, b in pairwise(STARTS))
    assert rows(file) <= whole
    assert file.records >= len(STARTS) - 1 - touched


@ONE_FOLDER
@given(data=st.binary(max_size=400), keep=st.integers(0, len(DATA)), block=st.sampled_from([16, 100, 8 << 20]))
def test_random_bytes_never_raise(tmp_path: Path, whole: Counter[Row], data: bytes, keep: int, block: int) -> None:
    assert rows(read(tmp_path, DATA[:keep] + data, block)) <= whole


@ONE_FOLDER
@given(payload=st.binary(max_size=300), good=st.booleans())
def test_random_payloads_never_raise(tmp_path: Path, payload: bytes, good: bool) -> None:
    event = ev.event(1, payload) if good else payload
    file = read(tmp_path, ev.file(*[ev.record(event)] * 9))
    assert file.records + sum(issue.records_lost or 0 for issue in file.issues) == 10


@ONE_FOLDER
@given(block=st.integers(1, 3000), seed=st.integers(0, 20))
def test_the_size_of_a_read_changes_nothing(tmp_path: Path, block: int, seed: int) -> None:
    data = bytearray(DATA)
    for at in random.Random(seed).sample(range(len(data)), seed % 4):
        data[at] ^= 0x55
    small, large = read(tmp_path, bytes(data), block), read(tmp_path, bytes(data))
    assert rows(small) == rows(large)
    assert [(i.kind, i.offset, i.bytes_lost) for i in small.issues] == [
        (i.kind, i.offset, i.bytes_lost) for i in large.issues
    ]


def test_a_torn_record_does_not_hide_what_was_appended(tmp_path: Path) -> None:
    before, after = ev.curve("a", range(10)), ev.curve("a", range(10, 20))
    file = read(tmp_path, ev.file(*before, ev.scalar("a", 99, 1.0)[:25], *after))
    assert file.columns["a"].steps.tolist() == list(range(20))
    (issue,) = file.issues
    assert (issue.kind, issue.bytes_lost) == (IssueKind.DAMAGED, 25)


def test_a_zero_tail_is_named_as_such(tmp_path: Path) -> None:
    file = read(tmp_path, DATA + bytes(4096), block=1000)
    (issue,) = file.issues
    assert (issue.kind, issue.offset, issue.bytes_lost) == (IssueKind.TRAILING, len(DATA), 4096)
    assert "4096 zero bytes" in issue.message
    assert not file.truncated


def test_a_claimed_length_is_not_believed(tmp_path: Path) -> None:
    for length in (2 << 30, 1 << 62, (1 << 64) - 1):
        file = read(tmp_path, DATA + ev.record(b"", length=length))
        assert file.records == len(STARTS) - 1
        assert [issue.kind for issue in file.issues] == [IssueKind.TRUNCATED]


def test_a_claimed_length_inside_a_gzip_stream_is_not_believed(tmp_path: Path) -> None:
    data = DATA + ev.record(b"", length=1 << 40) + b"".join(ev.curve("late", range(5)))
    file = read(tmp_path, gzip.compress(data), name=ev.NAME + ".gz")
    assert len(file.columns["late"]) == 5


def test_long_records_are_checked_as_well(tmp_path: Path) -> None:
    image = ev.event(1, ev.block(1, b"i") + ev.block(4, bytes(5000)))
    file = read(tmp_path, ev.file(ev.record(image, checksum=1), *ev.curve("a", range(3))))
    assert file.others == {}
    assert [(i.kind, i.records_lost) for i in file.issues] == [(IssueKind.DAMAGED, 1)]


def test_many_bad_records_are_summed_up(tmp_path: Path) -> None:
    bad = [ev.record(ev.event(step, ev.simple("a", 1.0)), checksum=1) for step in range(100)]
    file = read(tmp_path, ev.file(*bad, *ev.curve("a", range(5))))
    assert sum(issue.records_lost or 0 for issue in file.issues) == 100
    assert len(file.issues) < 30


def test_unmasked_checksums_are_said_once(tmp_path: Path) -> None:
    payloads = [ev.event(step, ev.simple("a", 1.0)) for step in range(50)]
    half = [ev.record(payload, checksum=ev.crc32c(payload)) for payload in payloads]
    file = read(tmp_path, ev.file(*half))
    assert all("unmasked" in issue.message for issue in file.issues if issue.kind is not IssueKind.NOTE)
    assert sum(issue.records_lost or 0 for issue in file.issues) == 50
    heads = [len(payload).to_bytes(8, "little") for payload in payloads]
    whole = b"".join(
        h + ev.crc32c(h).to_bytes(4, "little") + p + ev.crc32c(p).to_bytes(4, "little")
        for h, p in zip(heads, payloads, strict=True)
    )
    (issue,) = read(tmp_path, whole).issues
    assert issue.kind is IssueKind.UNREADABLE
    assert "not masked" in issue.message


@pytest.mark.parametrize("data", [b"this is no event file\n" * 100, random.Random(2).randbytes(1 << 16), bytes(5000)])
def test_a_file_that_is_no_event_file_is_said_in_one_line(tmp_path: Path, data: bytes) -> None:
    file = read(tmp_path, data, block=4096)
    (issue,) = file.issues
    assert (issue.kind, issue.bytes_lost, file.records) == (IssueKind.UNREADABLE, len(data), 0)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    assert [issue.kind for issue in read(tmp_path, b"").issues] == [IssueKind.EMPTY]


def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    (tmp_path / "tfevents.dir").mkdir()
    missing, folder = read_event_files(tmp_path, ["tfevents.missing", "tfevents.dir"])
    assert [issue.kind for file in (missing, folder) for issue in file.issues] == [IssueKind.UNREADABLE] * 2


def test_compressed_files(tmp_path: Path, whole: Counter[Row]) -> None:
    packed = gzip.compress(DATA)
    assert rows(read(tmp_path, packed, name=ev.NAME + ".gz")) == whole
    torn = read(tmp_path, packed[:-200], name=ev.NAME + ".gz")
    assert rows(torn) < whole
    assert IssueKind.TRUNCATED in {issue.kind for issue in torn.issues}


def test_a_repeated_block_counts_once(tmp_path: Path, whole: Counter[Row]) -> None:
    tail = records()[-10:]
    file = read(tmp_path, DATA + b"".join(tail))
    assert rows(file) == whole
    (issue,) = file.issues
    assert (issue.kind, issue.offset, issue.bytes_lost) == (IssueKind.NOTE, len(DATA), 0)


def test_equal_values_at_one_step_are_not_taken_for_a_repetition(tmp_path: Path) -> None:
    # a coarse clock: three calls within one tick, and no block that repeats
    same = [ev.scalar("a", 0, 1.0)] * 3 + [ev.scalar("b", 0, 2.0)] * 3
    several = [ev.scalar("a", 0, 1.0, ev.WALL + row) for row in range(5)]
    file = read(tmp_path, ev.file(*several, ev.scalar("b", 1, 1.0), *same))
    assert len(file.columns["a"]) + len(file.columns["b"]) == 12


def test_a_copy_of_a_file_counts_once(tmp_path: Path) -> None:
    for name in (ev.NAME, ev.NAME + ".copy"):
        (tmp_path / name).write_bytes(DATA)
    first, copy = read_event_files(tmp_path, [ev.NAME, ev.NAME + ".copy"])
    assert sum(rows(first).values()) == 40
    assert not copy.columns
    assert "copy of" in copy.issues[-1].message


@pytest.mark.parametrize("tail", [b"", b"".join(ev.curve("late", range(5)))])
def test_a_hole_of_terabytes_is_passed_over(tmp_path: Path, tail: bytes) -> None:
    path, size = tmp_path / ev.NAME, 4 << 40
    with path.open("wb") as out:
        out.write(DATA)
        try:
            out.truncate(size)
        except OSError:
            pytest.skip("the file system has no sparse files of this size")
        out.seek(0, 2)
        out.write(tail)
    (file,) = read_event_files(tmp_path, [ev.NAME])
    path.unlink()
    assert len(file.columns.get("late", [])) == (5 if tail else 0)
    assert (file.bytes_lost, file.bytes) == (size - len(DATA), size + len(tail))
    lost = [issue for issue in file.issues if issue.bytes_lost]
    assert [issue.kind for issue in lost] == [IssueKind.DAMAGED if tail else IssueKind.TRAILING]


def test_a_record_above_the_limit_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forensics.readers.tensorboard.tfrecord.LONGEST", 3000)
    image = ev.event(1, ev.block(1, b"i") + ev.block(4, bytes(5000)))
    file = read(tmp_path, ev.file(ev.record(image), *ev.curve("a", range(9))))
    assert len(file.columns["a"]) == 9
    assert [(issue.kind, issue.records_lost) for issue in file.issues] == [(IssueKind.LIMIT, 1)]


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = PlainSource.readinto

    def shrinking(source: PlainSource, target: memoryview) -> int:
        os.truncate(tmp_path / ev.NAME, STARTS[5])
        return real(source, target)

    monkeypatch.setattr(PlainSource, "readinto", shrinking)
    (tmp_path / ev.NAME).write_bytes(DATA)
    (file,) = read_event_files(tmp_path, [ev.NAME])
    assert (file.records, file.bytes, file.bytes_lost) == (5, STARTS[5], 0)
    assert [issue.kind for issue in file.issues] == [IssueKind.TRUNCATED]


def test_a_file_that_grows_is_read_as_it_was_when_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = PlainSource.readinto

    def growing(source: PlainSource, target: memoryview) -> int:
        with (tmp_path / ev.NAME).open("ab") as out:
            out.write(ev.scalar("late", 1, 1.0)[:20])
        return real(source, target)

    monkeypatch.setattr(PlainSource, "readinto", growing)
    file = read(tmp_path, DATA)
    assert (file.records, file.issues, file.truncated) == (len(STARTS) - 1, (), False)
