"""A run that died is taken up in new files; what it left is mended and never appended to."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.errors import UsageError
from forensics.readers.run import load_run
from forensics.recorder import Recorder, new_run_directory
from forensics.recorder.eventfile import frame
from forensics.recorder.parts import mend_events, mend_lines
from tests.recorder.reading import column, events, manifest


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (b"one\ntwo\nthr", b"one\ntwo\n"),
        (b"one\n", b"one\n"),
        (b"half", b""),
        (b"", b""),
        (b"\n" + b"x" * 200_000, b"\n"),
    ],
)
def test_half_a_line_is_cut_off(tmp_path: Path, left: bytes, kept: bytes) -> None:
    (tmp_path / "log").write_bytes(left)
    assert mend_lines(tmp_path / "log") == len(left) - len(kept)
    assert (tmp_path / "log").read_bytes() == kept


def test_half_an_event_is_cut_off_at_every_length(tmp_path: Path) -> None:
    whole, half = frame(b"a" * 40) + frame(b""), frame(b"b" * 20)
    for size in range(len(half)):
        (tmp_path / "events").write_bytes(whole + half[:size])
        assert mend_events(tmp_path / "events") == size
        assert (tmp_path / "events").read_bytes() == whole


def test_a_damaged_event_file_is_left_as_it_is(tmp_path: Path) -> None:
    damaged = b"\x01" + frame(b"a" * 40)[1:] + frame(b"b")
    (tmp_path / "events").write_bytes(damaged)
    assert mend_events(tmp_path / "events") == 0
    assert (tmp_path / "events").read_bytes() == damaged


@pytest.fixture
def resumed(tmp_path: Path) -> Path:
    """A run killed at step 30 in the middle of both records, resumed from a checkpoint of step 20."""
    rec = Recorder(tmp_path, source=())
    for step in range(1, 31):
        rec.step(env_step=step, critic_loss=1.0)
        if step == 20:
            state = rec.state_dict()
    rec.close("failed")
    for path in (tmp_path / "debug.jsonl", *tmp_path.glob("events*")):
        path.write_bytes(path.read_bytes()[:-7])
    with Recorder(tmp_path, source=(), resume=state) as rec:
        for step in range(21, 61):
            rec.step(env_step=step, critic_loss=2.0)
    return tmp_path


def test_a_resumed_run_counts_on_in_new_files_and_names_the_run_it_resumes(resumed: Path) -> None:
    first, second = events(resumed, "run_start")
    assert second["payload"]["resume_of"] == first["run_id"] != second["run_id"]
    assert (second["env_step"], second["update"]) == (20, 20)
    assert "bytes of a half record cut off" in second["payload"]["mended"]
    assert [line["update"] for line in events(resumed, "losses")][-40:] == list(range(21, 61))
    document = manifest(resumed)
    assert document["resume_of"] == first["run_id"]
    assert [session["status"] for session in document["earlier_sessions"]] == ["failed"]
    assert len(list(resumed.glob("events.out.tfevents.*"))) == 2


def test_a_resumed_run_reads_whole_with_the_overwritten_steps_marked(resumed: Path) -> None:
    run = load_run(resumed)
    assert not run.issues
    for series in run.series:
        if series.tag == "losses/critic_loss":
            valid = ~series.superseded
            assert series.steps[valid].tolist() == list(range(1, 61))
            assert series.values[valid].tolist() == [1.0] * 20 + [2.0] * 40


def test_tensorboard_forgets_the_steps_that_are_made_again(resumed: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    rows = EventAccumulator(str(resumed), size_guidance={"scalars": 0}).Reload().Scalars("losses/critic_loss")
    assert [row.step for row in rows] == list(range(1, 61))


def test_a_directory_that_holds_a_run_is_refused(tmp_path: Path) -> None:
    Recorder(tmp_path, source=()).close()
    with pytest.raises(UsageError, match="holds a run already"):
        Recorder(tmp_path, source=())
    assert manifest(tmp_path)["status"] == "finished"
    assert column(tmp_path, "run_end/status") == ["finished"]


def test_a_new_run_directory_is_named_by_time_name_and_chance(tmp_path: Path) -> None:
    made = new_run_directory(tmp_path, "my run/../x")
    assert made.parent == tmp_path
    assert made.is_dir()
    assert "-my-run-..-x-" in made.name
    assert made != new_run_directory(tmp_path, "my run/../x")
