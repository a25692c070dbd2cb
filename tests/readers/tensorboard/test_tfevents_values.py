"""Every form in which a scalar is written comes out with its tag, step, wall time and exact value."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forensics.model.evidence import IssueKind
from forensics.readers.tensorboard.tfevents import EventFile, is_event_file, read_event_files
from tests.readers.tensorboard import event_files as ev

FLOAT, DOUBLE, STRING = 1, 2, 7


def read(folder: Path, data: bytes, block: int = 8 << 20) -> EventFile:
    (folder / ev.NAME).write_bytes(data)
    (file,) = read_event_files(folder, [ev.NAME], block=block)
    assert file.bytes == len(data) == file.bytes_read + file.bytes_lost
    return file


def test_plain_scalars_keep_order_offset_and_time(tmp_path: Path) -> None:
    records = ev.curve("train/loss", range(0, 4000, 7))
    file = read(tmp_path, ev.file(*records))
    column = file.columns["train/loss"]
    assert column.steps.tolist() == list(range(0, 4000, 7))
    assert column.values.tolist() == [step / 2 for step in range(0, 4000, 7)]
    assert column.wall_times.tolist() == [ev.WALL + row for row in range(len(records))]
    data = ev.file(*records)
    assert all(data[int(at) :].startswith(rec) for at, rec in zip(column.offsets, records, strict=True))
    assert (file.version, file.records, file.issues) == ("brain.Event:2", len(records) + 1, ())


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize(
    ("proto", "expected"),
    [
        (ev.integer(1, FLOAT) + ev.block(2, b"") + ev.block(4, struct.pack("<f", 1.5)), 1.5),
        (ev.integer(1, FLOAT) + ev.block(5, struct.pack("<f", 2.5)), 2.5),
        (ev.integer(1, FLOAT) + ev.single(5, 3.5), 3.5),
        (ev.integer(1, FLOAT) + ev.block(2, ev.block(2, ev.integer(1, 1))) + ev.single(5, 3.5), 3.5),
        (ev.integer(1, DOUBLE) + ev.block(4, struct.pack("<d", 1 / 3)), 1 / 3),
        (ev.integer(1, DOUBLE) + ev.block(6, struct.pack("<d", 1 / 7)), 1 / 7),
        (ev.integer(1, 9) + ev.block(4, struct.pack("<q", 1 << 53)), float(1 << 53)),
        (ev.integer(1, 9) + ev.block(10, ev.varint(-3)), -3.0),
        (ev.integer(1, 3) + ev.integer(7, 12), 12.0),
        (ev.integer(1, 10) + ev.block(4, b"\x01"), 1.0),
        (ev.integer(1, 10) + ev.integer(11, 1), 1.0),
        (ev.integer(1, 19) + ev.integer(13, 0x3E00), 1.5),
        (ev.integer(1, 19) + ev.block(4, struct.pack("<e", -0.25)), -0.25),
        (ev.integer(1, 14) + ev.integer(13, 0x3FC0), 1.5),
    ],
)
def test_scalar_tensors_of_every_type(tmp_path: Path, proto: bytes, expected: float, count: int) -> None:
    records = [ev.record(ev.event(step, ev.tensor("t", proto))) for step in range(1, count + 1)]
    column = read(tmp_path, ev.file(*records)).columns["t"]
    assert column.values.tolist() == [expected] * count
    assert column.steps.tolist() == list(range(1, count + 1))


def test_metadata_may_stand_with_the_first_value_only(tmp_path: Path) -> None:
    proto = ev.integer(1, FLOAT) + ev.block(4, struct.pack("<f", 1.0))
    records = [
        ev.record(ev.event(step, ev.tensor("t", proto, "scalars" if step == 1 else ""))) for step in range(1, 20)
    ]
    curve = [
        ev.record(ev.event(step, ev.tensor("pr", proto, "pr_curves" if step == 1 else ""))) for step in range(1, 9)
    ]
    file = read(tmp_path, ev.file(*records, *curve))
    assert list(file.columns) == ["t"]
    assert len(file.columns["t"]) == 19
    assert file.others == {"pr_curves": 8}


def test_several_values_in_one_event(tmp_path: Path) -> None:
    values = [ev.simple(f"tag{number}", number) for number in range(1000)]
    file = read(tmp_path, ev.file(ev.record(ev.event(5, *values)), ev.record(ev.event(6, *values))))
    assert list(file.columns) == [f"tag{number}" for number in range(1000)]
    assert file.columns["tag7"].steps.tolist() == [5, 6]
    assert file.columns["tag999"].values.tolist() == [999.0, 999.0]


@pytest.mark.parametrize("step", [-1, -(1 << 63), (1 << 63) - 1, 0, 127, 128, 1 << 35])
@pytest.mark.parametrize("count", [1, 30])
def test_steps_of_every_size(tmp_path: Path, step: int, count: int) -> None:
    file = read(tmp_path, ev.file(*[ev.scalar("a", step, row, ev.WALL + row) for row in range(count)]))
    assert file.columns["a"].steps.tolist() == [step] * count
    assert bool(file.issues) == (step < 0)


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("pattern", [0x7FC00000, 0x7FA12345, 0xFFFFFFFF, 0x7F800000, 0xFF800000, 0x80000000, 1])
def test_bit_patterns_survive(tmp_path: Path, pattern: int, count: int) -> None:
    records = [ev.record(ev.event(step, ev.bits("a", pattern))) for step in range(count)]
    values = read(tmp_path, ev.file(*records)).columns["a"].values
    assert values.view(np.uint32).tolist() == [pattern] * count


@pytest.mark.parametrize("length", [0, 1, 7, 8, 90, 110, 140, 190, 220, 300, 20_000])
def test_tags_of_every_length(tmp_path: Path, length: int) -> None:
    names = [chr(ord("a") + digit) * length for digit in range(3)] if length else [""]
    records = [ev.scalar(name, step, step) for step in range(200) for name in names[: 1 if length > 300 else 3]]
    file = read(tmp_path, ev.file(*records[: 4 if length > 300 else None]))
    assert all(column.steps.tolist() == list(range(len(column))) for column in file.columns.values())
    assert sum(map(len, file.columns.values())) == len(records[: 4 if length > 300 else None])


def test_tags_that_are_no_utf8_stay_apart(tmp_path: Path) -> None:
    records = [
        ev.record(ev.event(1, ev.block(1, tag) + ev.single(2, 1.0)))
        for tag in (b"\xff", b"\xfe", "é".encode(), b"e\xcc\x81")
    ]
    assert len(read(tmp_path, ev.file(*records)).columns) == 4


def test_unknown_fields_and_empty_records_cost_nothing(tmp_path: Path) -> None:
    odd = [ev.record(ev.event(step, ev.simple("a", step), extra=ev.block(999, b"new"))) for step in range(20)]
    file = read(tmp_path, ev.file(*odd, ev.record(b""), *ev.curve("a", range(20, 40))))
    assert file.columns["a"].steps.tolist() == list(range(40))
    assert file.issues == ()


def test_histograms_and_images_are_counted(tmp_path: Path) -> None:
    histogram = ev.block(1, b"h") + ev.block(5, ev.block(6, bytes(8 * 40)) + ev.block(7, bytes(8 * 40)))
    torn = ev.block(1, b"g") + ev.block(5, ev.block(6, bytes(24)) + ev.block(7, bytes(8)))
    image = ev.block(1, b"i") + ev.block(4, ev.block(4, bytes(5000)))
    records = [ev.record(ev.event(1, value)) for value in (histogram, torn, image)]
    file = read(tmp_path, ev.file(*records, *ev.curve("a", range(9))))
    assert file.others == {"histogram": 2, "image": 1}
    assert len(file.columns["a"]) == 9
    (issue,) = file.issues
    assert issue.kind is IssueKind.MALFORMED
    assert "'g'" in issue.message


def test_a_string_under_the_scalars_plugin_is_reported(tmp_path: Path) -> None:
    odd = ev.tensor("s", ev.integer(1, STRING) + ev.block(8, b"abc"))
    file = read(tmp_path, ev.file(*ev.curve("a", range(9)), ev.record(ev.event(1, odd))))
    assert [issue.kind for issue in file.issues] == [IssueKind.MALFORMED]
    assert list(file.columns) == ["a"]


def test_one_tag_in_two_forms_is_one_series(tmp_path: Path) -> None:
    wide = ev.tensor("a", ev.integer(1, DOUBLE) + ev.block(4, struct.pack("<d", 1 / 3)))
    file = read(tmp_path, ev.file(*ev.curve("a", range(9)), ev.record(ev.event(9, wide))))
    assert file.columns["a"].values.dtype == np.float64
    assert file.columns["a"].values[-1] == 1 / 3


def test_templates_are_shared_between_files_without_effect(tmp_path: Path) -> None:
    names = [f"events.out.tfevents.{number}" for number in range(3)]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(ev.file(*ev.curve("a", range(number, 50)), *ev.curve("b", range(30))))
    together = read_event_files(tmp_path, names)
    for name, file in zip(names, together, strict=True):
        (alone,) = read_event_files(tmp_path, [name])
        assert file.sha256 == alone.sha256
        for tag in ("a", "b"):
            assert file.columns[tag].steps.tolist() == alone.columns[tag].steps.tolist()


FORMS = {
    "simple": lambda tag, value: ev.simple(tag, value),
    "content": lambda tag, value: ev.tensor(tag, ev.integer(1, FLOAT) + ev.block(4, struct.pack("<f", value))),
    "packed": lambda tag, value: ev.tensor(tag, ev.integer(1, FLOAT) + ev.block(5, struct.pack("<f", value))),
    "double": lambda tag, value: ev.tensor(tag, ev.integer(1, DOUBLE) + ev.block(4, struct.pack("<d", value))),
}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    groups=st.lists(
        st.tuples(st.sampled_from(list(FORMS)), st.text(max_size=40), st.integers(-3, 1 << 40), st.integers(1, 40)),
        min_size=1,
        max_size=6,
    ),
    seed=st.randoms(use_true_random=False),
)
def test_groups_and_single_records_are_read_alike(
    tmp_path: Path, groups: list[tuple[str, str, int, int]], seed: random.Random
) -> None:
    rows = [(form, tag, first + row, seed.uniform(-9, 9)) for form, tag, first, count in groups for row in range(count)]
    seed.shuffle(rows)
    # A clock that moves: records that are equal byte for byte are a write that was tried again.
    data = ev.file(
        *[
            ev.record(ev.event(step, FORMS[form](tag, value), wall=ev.WALL + tick))
            for tick, (form, tag, step, value) in enumerate(rows)
        ]
    )
    fast = read(tmp_path, data)
    with mock.patch("forensics.readers.tensorboard.decode.FEW", len(rows) + 1):
        exact = read(tmp_path, data)
    assert list(fast.columns) == list(exact.columns)
    for one, other in zip(fast.columns.values(), exact.columns.values(), strict=True):
        for name in ("steps", "wall_times", "values", "offsets"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    written = [(tag, step) for _, tag, step, _ in rows]
    assert sorted(written) == sorted((tag, step) for tag, c in fast.columns.items() for step in c.steps.tolist())


@pytest.mark.parametrize("wall", [float("nan"), float("inf"), -5.0, 1e300])
def test_impossible_wall_times_are_kept_and_noted(tmp_path: Path, wall: float) -> None:
    file = read(tmp_path, ev.file(*ev.curve("a", range(9)), ev.scalar("b", 5, 1.0, wall)))
    np.testing.assert_equal(file.columns["b"].wall_times[0], wall)
    assert [issue.kind for issue in file.issues] == [IssueKind.NOTE]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("events.out.tfevents.1.host", True),
        ("a/events.out.tfevents.1.host.v2", True),
        ("events.out.tfevents.1.host.gz", True),
        ("events.out.tfevents.1.host.zst", True),
        ("events.out.tfevents.1.host.csv", False),
        ("tfevents/train.log", False),
    ],
)
def test_event_files_are_known_by_name(name: str, expected: bool) -> None:
    assert is_event_file(name) is expected
