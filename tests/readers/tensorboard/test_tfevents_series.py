"""Event files of a directory become series: restarts are seen, and only what was overwritten is superseded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forensics.model.evidence import Series
from forensics.readers.tensorboard.tfevents import read_event_files, to_series
from tests.readers.tensorboard import event_files as ev

LATER = ev.WALL + 10_000


def series(folder: Path, *files: bytes | Sequence[bytes], names: Sequence[str] = ()) -> dict[str, Series]:
    names = names or [f"events.out.tfevents.{1000 + number}.host" for number in range(len(files))]
    for name, data in zip(names, files, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else ev.file(*data))
    return {item.id: item for item in to_series(read_event_files(folder, names))}


def kept(item: Series) -> list[int]:
    return [int(step) for step in item.steps[~item.superseded]]


def test_one_file_is_one_segment(tmp_path: Path) -> None:
    item = series(tmp_path, ev.curve("a", range(50)))["a"]
    assert (item.source, item.tag, len(item)) == ("tensorboard", "a", 50)
    assert not item.segment.any()
    assert not item.superseded.any()
    assert item.ref(3).offset == int(item.offsets[3])


def test_a_second_file_that_goes_on_supersedes_nothing(tmp_path: Path) -> None:
    item = series(tmp_path, ev.curve("a", range(50)), ev.curve("a", range(50, 80), LATER))["a"]
    assert item.segment.tolist() == [0] * 50 + [1] * 30
    assert item.file_index.tolist() == [0] * 50 + [1] * 30
    assert not item.superseded.any()


def test_a_resumed_run_supersedes_from_its_first_step(tmp_path: Path) -> None:
    item = series(tmp_path, ev.curve("a", range(100)), ev.curve("a", range(60, 120), LATER))["a"]
    assert item.steps[item.superseded].tolist() == list(range(60, 100))
    assert kept(item) == list(range(120))


def test_each_tag_is_superseded_from_its_own_first_step(tmp_path: Path) -> None:
    first = [*ev.curve("a", range(100)), *ev.curve("eval", [10, 50, 90])]
    second = [*ev.curve("a", range(60, 120), LATER), *ev.curve("eval", [90, 130], LATER)]
    item = series(tmp_path, first, second)["eval"]
    assert kept(item) == [10, 50, 90, 130]


def test_a_run_that_starts_from_scratch_supersedes_all(tmp_path: Path) -> None:
    item = series(tmp_path, ev.curve("a", range(100)), ev.curve("a", range(30), LATER))["a"]
    assert item.superseded.tolist() == [True] * 100 + [False] * 30


def test_files_are_ordered_by_the_time_in_their_name(tmp_path: Path) -> None:
    names = ["events.out.tfevents.2000.a", "events.out.tfevents.999.b"]
    item = series(tmp_path, ev.curve("a", range(50, 90), LATER), ev.curve("a", range(60)), names=names)["a"]
    assert item.files == ("events.out.tfevents.999.b", "events.out.tfevents.2000.a")
    assert kept(item) == list(range(90))


def test_two_writers_at_the_same_time_supersede_nothing(tmp_path: Path) -> None:
    item = series(tmp_path, ev.curve("a", range(100)), ev.curve("a", range(100), ev.WALL + 0.5))["a"]
    assert item.segment.max() == 1
    assert not item.superseded.any()


def test_steps_that_go_back_inside_a_file_are_a_resumption(tmp_path: Path) -> None:
    records = [*ev.curve("a", range(100)), *ev.curve("a", range(60, 120), LATER)]
    item = series(tmp_path, records)["a"]
    assert item.segment.tolist() == [0] * 100 + [1] * 60
    assert kept(item) == list(range(120))


def test_a_rare_tag_is_divided_where_the_others_go_back(tmp_path: Path) -> None:
    before = [*ev.curve("a", range(100)), *ev.curve("b", range(100)), ev.scalar("rare", 80, 1.0, ev.WALL + 80)]
    after = [*ev.curve("a", range(60, 120), LATER), *ev.curve("b", range(60, 120), LATER)]
    rare = [ev.scalar("rare", 80, 2.0, LATER + 1), ev.scalar("rare", 160, 3.0, LATER + 2)]
    item = series(tmp_path, [*before, *after, *rare])["rare"]
    assert item.superseded.tolist() == [True, False, False]
    assert item.segment.tolist() == [0, 1, 1]


def test_equal_steps_are_no_restart(tmp_path: Path) -> None:
    records = [record for step in range(30) for record in ev.curve("a", [step] * 3, ev.WALL + 10 * step)]
    item = series(tmp_path, records)["a"]
    assert not item.segment.any()
    assert not item.superseded.any()


def test_a_writer_that_logs_all_at_one_step_is_left_alone(tmp_path: Path) -> None:
    item = series(tmp_path, ev.curve("a", [0] * 50), ev.curve("a", [0] * 50, LATER))["a"]
    assert item.segment.tolist() == [0] * 50 + [1] * 50
    assert not item.superseded.any()


def test_a_counter_that_is_reset_overwrites_nothing(tmp_path: Path) -> None:
    records = [record for epoch in range(5) for record in ev.curve("batch/loss", range(100), ev.WALL + 100 * epoch)]
    item = series(tmp_path, records)["batch/loss"]
    assert item.segment.max() == 4
    assert not item.superseded.any()


def test_an_axis_out_of_order_is_no_chain_of_restarts(tmp_path: Path) -> None:
    steps = [step + 3 * (step % 2) for step in range(200)]
    item = series(tmp_path, ev.curve("a", steps))["a"]
    assert not item.segment.any()
    assert not item.superseded.any()


def test_a_clock_set_back_is_no_restart(tmp_path: Path) -> None:
    records = [*ev.curve("a", range(50)), *ev.curve("a", range(50, 100), ev.WALL - 3600)]
    item = series(tmp_path, records)["a"]
    assert not item.segment.any()
    (file,) = read_event_files(tmp_path, ["events.out.tfevents.1000.host"])
    assert "wall clock goes back by 3649 s" in file.issues[0].message


def test_a_session_start_is_a_restart(tmp_path: Path) -> None:
    records = [
        *ev.curve("a", range(100)),
        *ev.curve("gone", range(100)),
        ev.session_start(60, LATER),
        *ev.curve("a", range(60, 100), LATER),
    ]
    items = series(tmp_path, records)
    assert items["a"].segment.tolist() == [0] * 100 + [1] * 40
    assert kept(items["a"]) == list(range(100))
    assert kept(items["gone"]) == list(range(60))


def test_a_second_version_record_is_a_restart(tmp_path: Path) -> None:
    data = ev.file(*ev.curve("a", range(50))) + ev.file(*ev.curve("a", range(50, 60), LATER))
    item = series(tmp_path, data)["a"]
    assert item.segment.tolist() == [0] * 50 + [1] * 10
    assert not item.superseded.any()


def test_folders_keep_their_tags_apart(tmp_path: Path) -> None:
    names = ["events.out.tfevents.1.h", "loss_train/events.out.tfevents.1.h", "loss_test/events.out.tfevents.1.h"]
    items = series(
        tmp_path, ev.curve("a", range(5)), ev.curve("loss", range(6)), ev.curve("loss", range(7)), names=names
    )
    assert {name: len(item) for name, item in items.items()} == {"a": 5, "loss_test/loss": 7, "loss_train/loss": 6}
    assert items["loss_test/loss"].tag == "loss"


def test_rows_without_a_wall_time_are_kept(tmp_path: Path) -> None:
    item = series(tmp_path, [ev.scalar("a", 1, 1.0, float("nan"))], ev.curve("a", range(5), LATER))["a"]
    assert len(item) == 6
    assert not item.superseded.any()
