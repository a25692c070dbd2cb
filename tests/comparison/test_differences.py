"""What differs between two runs: settings, source, meanings, findings and curves."""

from __future__ import annotations

import json

import msgspec
import pytest

from forensics.comparison.compare import compare
from forensics.comparison.config import config_differences, incidental
from forensics.model.comparison import Change, SourceState
from forensics.model.diagnosis import ConfigRow
from forensics.model.finding import Figure, Finding, Status
from tests.comparison.pairs import SOURCE, TAG, compared, config, difference, examined, faulty, findings, mended, run
from tests.diagnoses import signal
from tests.reports.parts import curve, finding


def with_figure() -> list[Finding]:
    figure = Figure(title="Loss", axis="env_step", lines=[curve(TAG, [1.0, 2.0])])
    return [finding("AAA101", "drip", figure=figure), finding("AAA102", "puddle")]


def test_a_number_written_in_another_way_is_the_same_setting() -> None:
    assert config_differences(run(config=config(lr="1e-3")), run(config=config(lr="0.001"))) == []


def test_a_key_that_one_run_lacks_is_a_difference_and_incidental_ones_come_last() -> None:
    found = config_differences(run(config=config(seed=0, lr=1)), run(config=config(seed=1, lr=1, clip=10)))
    assert [(item.key, item.before, item.after, item.incidental) for item in found] == [
        ("clip", None, "10", False),
        ("seed", "0", "1", True),
    ]


@pytest.mark.parametrize(
    "key",
    "time_limit eps_start end_noise out_channels optimizer_name reward_version learning_starts env_id checkpoint_path "
    "data_dir planned_steps encoder.name_of_part run_length".split(),
)
def test_a_key_that_could_hold_a_fix_is_not_incidental(key: str) -> None:
    assert not incidental(key)


@pytest.mark.parametrize(
    "key", "seed training.seed run_name log_dir wandb_project device output.dir start_time".split()
)
def test_where_when_and_by_whom_is_incidental(key: str) -> None:
    assert incidental(key) is (key != "output.dir")  # the last part alone says nothing of a folder


def test_a_setting_whose_logged_effect_did_not_change_carries_a_note() -> None:
    def row(value: str) -> list[ConfigRow]:
        return [ConfigRow(key="lr", declared=value, effective="0.001 (train/lr, first point)", origin="file")]

    (found,) = config_differences(run(config=row("0.001")), run(config=row("0.01")))
    assert found.note == "the log shows the same value in both runs: 0.001 (train/lr, first point)"


def test_source_is_compared_file_by_file_with_an_excerpt() -> None:
    before = {"a.py": b"one\ntwo\nthree\n", "gone.py": b"x\n", "same.py": b"s\n"}
    after = {"a.py": b"one\n2\nthree\n", "new.py": b"y\n", "same.py": b"s\n"}
    source = difference(faulty(), mended(), (before, after)).source
    assert source.state is SourceState.CHANGED
    changed, gone, new = source.files
    assert (changed.path, changed.change, changed.added, changed.removed) == ("a.py", Change.CHANGED, 1, 1)
    assert changed.excerpt == ["@@ -1,3 +1,3 @@", " one", "-two", "+2", " three"]
    assert changed.before_sha256 != changed.after_sha256
    assert (gone.path, gone.change, gone.after_sha256) == ("gone.py", Change.VANISHED, "")
    assert (new.path, new.change, new.excerpt) == ("new.py", Change.APPEARED, [])


def test_an_excerpt_is_bounded_and_says_by_how_much() -> None:
    before, after = ({"a.py": "".join(f"{sign}{n}\n" for n in range(500)).encode()} for sign in "ab")
    (file,) = difference(faulty(), mended(), (before, after)).source.files
    assert len(file.excerpt) == 40
    assert file.left_out == 1001 - 40
    (long,) = difference(faulty(), mended(), ({"a.py": b"a\n" * 9000}, {"a.py": b"b\n" * 9000})).source.files
    assert long.excerpt == []
    assert long.change is Change.CHANGED


def test_without_an_archive_of_both_runs_the_source_is_unknown_and_whose_is_missing_is_said() -> None:
    source = difference(faulty(), mended(), (SOURCE, None)).source
    assert source.state is SourceState.UNKNOWN
    assert source.statement.startswith("The source of B is not at hand")


@pytest.mark.parametrize(
    ("before", "after", "certain"),
    [
        (signal(TAG, clip_stage="pre"), signal(TAG, clip_stage="post"), True),
        (signal(TAG, axis="env_step"), signal(TAG, axis="update"), True),
        (signal(TAG, clip_stage="pre"), signal(TAG), None),
        (signal(TAG, clip_stage="pre"), signal(TAG, clip_stage="unknown"), None),
        (signal(TAG, clip_stage="pre"), signal(TAG, clip_stage="pre"), None),
    ],
)
def test_readings_that_exclude_each_other_are_a_changed_meaning(before: object, after: object, certain: object) -> None:
    found = difference(faulty(signals=[before]), mended(signals=[after])).meanings
    assert [item.certain for item in found] == ([] if certain is None else [certain])


def test_a_contested_reading_differs_for_certain_only_where_it_leaves_out_the_other_one() -> None:

    contested = msgspec.structs.replace(signal(TAG), contested={"clip_stage": ["pre", "none"]})
    (maybe,) = difference(faulty(signals=[signal(TAG, clip_stage="pre")]), mended(signals=[contested])).meanings
    assert not maybe.certain
    (sure,) = difference(faulty(signals=[signal(TAG, clip_stage="post")]), mended(signals=[contested])).meanings
    assert sure.certain
    assert (sure.before, sure.after) == ("post (established)", "pre or none (contested)")


def test_a_changed_meaning_is_said_before_comparing_and_keeps_the_curves_apart() -> None:
    both = compared(faulty(findings=with_figure()), mended(signals=[signal(TAG, clip_stage="pre")]))
    (overlay,) = both.overlays
    assert overlay.figure is None
    assert "clip_stage is post (established) in A and pre (established) in B" in overlay.note
    assert any("does not mean the same" in item.statement for item in both.differences[0].obstacles)


def test_decisive_curves_hold_every_run() -> None:
    (overlay,) = compared(faulty("a", findings=with_figure()), mended("b"), mended("c")).overlays
    assert overlay.figure is not None
    assert [line.label for line in overlay.figure.lines] == ["A: a", "B: b", "C: c"]


def test_a_curve_that_only_one_run_has_is_not_drawn() -> None:
    (overlay,) = compared(faulty(findings=with_figure()), mended(signals=[signal("other")])).overlays
    assert overlay.figure is None
    assert overlay.note == "Not drawn. No values at hand of B."


def test_the_episodic_return_is_drawn_where_all_runs_have_it() -> None:
    returns = [signal(TAG), signal("rollout/return", quantity="episodic_return")]
    both = compared(run("a", signals=returns), run("b", signals=returns))
    assert [overlay.tag for overlay in both.overlays] == ["rollout/return"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Status.CLEAR, Status.FIRED, Change.APPEARED),
        (Status.FIRED, Status.CLEAR, Change.VANISHED),
        (Status.NOT_APPLICABLE, Status.FIRED, Change.INTO_SIGHT),
        (Status.FIRED, Status.NOT_APPLICABLE, Change.OUT_OF_SIGHT),
        (Status.FIRED, Status.INCONCLUSIVE, Change.OUT_OF_SIGHT),
        (Status.FIRED, Status.FIRED, Change.UNCHANGED),
    ],
)
def test_findings_appear_and_vanish_only_where_both_runs_could_show_them(
    before: Status, after: Status, change: Change
) -> None:
    first, second = (
        run(name, findings=findings(status, Status.CLEAR)) for name, status in (("a", before), ("b", after))
    )
    (found,) = difference(first, second).findings
    assert found.change is change


def test_a_finding_of_both_runs_changed_where_three_digits_of_a_number_do() -> None:
    def shown(value: float) -> list[Finding]:
        return [finding("AAA101", "drip", values={"level": value, "points": 27})]

    (same,) = difference(run("a", findings=shown(1.2341)), run("b", findings=shown(1.2342))).findings
    assert same.change is Change.UNCHANGED
    (moved,) = difference(run("a", findings=shown(1.23)), run("b", findings=shown(9.0))).findings
    assert moved.change is Change.CHANGED
    assert [(item.name, item.before, item.after) for item in moved.values] == [("level", 1.23, 9.0)]


def test_a_detector_that_the_other_analysis_does_not_know_has_no_status_there() -> None:
    (found, _) = difference(faulty(), run(findings=[])).findings
    assert found.after is None
    assert found.change is Change.OUT_OF_SIGHT


def test_every_run_is_held_against_the_first() -> None:
    pairs = [(item.first, item.second) for item in compared(faulty(), mended(), run("third")).differences]
    assert pairs == [("A", "B"), ("A", "C")]


def test_the_document_is_json_even_with_numbers_that_are_not_finite() -> None:

    first = run("a", findings=[finding("AAA101", "drip", values={"level": float("nan")})])
    second = run("b", findings=[finding("AAA101", "drip", values={"level": float("inf")})])
    document = json.loads(compare([examined(first), examined(second)], "0").to_json())
    (value,) = document["differences"][0]["findings"][0]["values"]
    assert (value["before"], value["after"]) == ("NaN", "Infinity")
