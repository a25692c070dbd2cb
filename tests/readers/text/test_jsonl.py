"""Structured logs: every line is read or reported, whatever Python's json wrote into it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from forensics.model.evidence import IssueKind
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_numbers_become_series_by_path_under_their_event(tmp_path: Path) -> None:
    record = {"ts": 1.7e9, "env_step": 7, "update": 3, "event": "gradients", "actor": {"post": 0.5, "clip": {"at": 1}}}
    run = load(tmp_path, {"debug.jsonl": lines(record, record | {"env_step": 8, "update": 4, "ts": 1.7e9 + 2})})
    assert [series.tag for series in run.series] == ["gradients/actor/clip/at", "gradients/actor/post"]
    post = only(run, "gradients/actor/post")
    assert post.source == "jsonl:debug.jsonl"
    assert post.steps.tolist() == [7, 8]
    assert post.updates is not None
    assert post.updates.tolist() == [3, 4]
    assert post.wall_times.tolist() == [1.7e9, 1.7e9 + 2]
    assert post.values.tolist() == [0.5, 0.5]
    assert post.offsets.tolist() == [1, 2]
    assert post.declared == {"axis": "env_step"}


def test_a_payload_stands_for_itself(tmp_path: Path) -> None:
    run = load(tmp_path, {"debug.jsonl": lines({"event": "losses", "env_step": 1, "payload": {"critic": 2.0}})})
    assert only(run, "losses/critic").values.tolist() == [2.0]


def test_a_counter_of_the_envelope_is_one_series_whatever_the_events(tmp_path: Path) -> None:
    def said(event: str, step: int | None, episode: int, **payload: float) -> dict[str, object]:
        envelope = {"event": event, "episode": episode, "payload": payload}
        return envelope if step is None else envelope | {"env_step": step, "update": step}

    log = [
        said("run_start", None, 0),
        said("losses", 1, 0, critic=2.0),
        said("gradients", 1, 0, actor=0.5),
        said("episode_end", 2, 1, length=2.0),
        said("losses", 2, 1, critic=2.0),
        said("losses", 3, 1, critic=2.0),
    ]
    run = load(tmp_path, {"debug.jsonl": lines(*log)})
    assert {series.tag for series in run.series} == {
        "episode",
        "losses/critic",
        "gradients/actor",
        "episode_end/length",
    }
    episode = only(run, "episode")
    assert episode.steps.tolist() == [1, 2, 3]
    assert episode.values.tolist() == [0.0, 1.0, 1.0]
    assert not episode.superseded.any()


def test_an_episode_that_an_event_speaks_of_is_the_events(tmp_path: Path) -> None:
    record = {"event": "evaluation", "env_step": 9, "episode": 4, "payload": {"episode": 2, "length": 7.0}}
    run = load(tmp_path, {"debug.jsonl": lines(record)})
    assert only(run, "evaluation/episode").values.tolist() == [2.0]
    assert {series.tag for series in run.series} == {"evaluation/episode", "evaluation/length"}


def test_where_episodes_are_all_that_is_counted_they_are_the_steps(tmp_path: Path) -> None:
    run = load(tmp_path, {"debug.jsonl": lines({"event": "episode_end", "episode": 3, "payload": {"length": 7.0}})})
    assert {series.tag for series in run.series} == {"episode_end/length"}
    assert only(run, "episode_end/length").steps.tolist() == [3]


@pytest.mark.parametrize(
    ("record", "step", "axis"),
    [
        ({"global_step": 5, "epoch": 1}, 5, None),
        ({"total_timesteps": 5}, 5, "env_step"),
        ({"epoch": 2}, 2, "epoch"),
        ({"_step": 4, "_timestamp": 1}, 4, None),
        ({"training_iteration": 3, "timesteps_total": 3000}, 3000, "env_step"),
        ({"n_updates": 9}, 9, "update"),
        ({"step": 1e3}, 1000, None),
        ({"step": "abc", "iteration": 6}, 6, None),
    ],
)
def test_the_step_is_the_finest_counter_that_is_named(
    tmp_path: Path, record: dict[str, object], step: int, axis: str | None
) -> None:
    run = load(tmp_path, {"a.jsonl": lines(record | {"loss": 1.0})})
    series = only(run, "loss")
    assert series.steps.tolist() == [step]
    assert (series.declared or {}).get("axis") == axis


def test_what_python_writes_for_odd_floats_is_read(tmp_path: Path) -> None:
    text = (
        '{"step": 1, "a": NaN, "b": -Infinity, "c": 1e999}\n'
        '{"step": 2, "a": "NaN", "b": "Infinity", "c": "-Infinity"}\n'
        '{"step": 3, "step": 4, "a": true, "b": 1' + "0" * 400 + ', "c": null}\n'
        '{"step": 5, "m\\ud800": 1.0, "note": "\\udfff"}\n'
    )
    run = load(tmp_path, {"a.jsonl": text})
    assert math.isnan(only(run, "a").values[0])
    assert math.isnan(only(run, "a").values[1])
    assert only(run, "a").values[2] == 1.0
    assert only(run, "b").values.tolist() == [-math.inf, math.inf, math.inf]
    assert only(run, "c").values.tolist() == [math.inf, -math.inf]
    assert only(run, "a").steps.tolist() == [1, 2, 4]
    assert only(run, "m\\ud800").steps.tolist() == [5]
    assert not run.issues


def test_a_cut_last_line_is_stated_with_its_place(tmp_path: Path) -> None:
    text = lines({"step": 1, "a": 1.0}, {"step": 2, "a": 2.0})
    run = load(tmp_path, {"a.jsonl": text[:-5]})
    (issue,) = run.issues
    assert issue.kind is IssueKind.TRUNCATED
    assert issue.offset == len(lines({"step": 1, "a": 1.0}))
    assert (issue.line, issue.records_lost) == (2, 1)
    assert issue.bytes_lost == run.files[0].bytes_lost > 0
    assert len(only(run, "a")) == 1


def test_malformed_lines_are_counted_by_number(tmp_path: Path) -> None:
    text = '{"step": 1, "a": 1}\nnot json\n[1, 2]\n' + "[" * 50_000 + '\n\n{"step": 2, "a": 2}\n'
    run = load(tmp_path, {"a.jsonl": text})
    assert [(issue.kind, issue.line) for issue in run.issues] == [
        (IssueKind.MALFORMED, 2),
        (IssueKind.MALFORMED, 3),
        (IssueKind.MALFORMED, 4),
    ]
    assert only(run, "a").offsets.tolist() == [1, 6]


def test_many_malformed_lines_are_summed_up(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.jsonl": '{"step": 1, "a": 1}\n' + "broken\n" * 500 + '{"step": 2, "a": 1}\n'})
    assert len(run.issues) == 21
    assert sum(issue.bytes_lost for issue in run.issues) == 500 * len("broken") == run.files[0].bytes_lost


def test_messages_and_anomalies_become_log_records_and_numbers_do_not(tmp_path: Path) -> None:
    text = lines(
        {"step": 1, "event": "losses", "level": "DEBUG", "critic": 1.0},
        {"step": 2, "event": "anomaly", "level": "WARNING", "what": "loss is NaN", "value": 3.0},
        {"step": 3, "level": "ERROR", "message": "device lost\nat frame 3", "logger": "env"},
        {"step": 4, "event": "run_end", "status": "finished"},
        {"ts": "2025-10-09T08:00:00Z", "level": "info", "msg": "hello"},
    )
    run = load(tmp_path, {"debug.jsonl": text})
    assert [(log.line, log.level, log.message) for log in run.logs] == [
        (2, "WARNING", "anomaly"),
        (3, "ERROR", "device lost"),
        (4, "", "run_end"),
        (5, "INFO", "hello"),
    ]
    assert run.logs[0].fields == {"what": "loss is NaN", "value": 3.0}
    assert run.logs[0].step == 2
    assert (run.logs[1].body, run.logs[1].logger) == (("at frame 3",), "env")
    assert run.logs[3].time == 1_759_996_800.0


def test_a_config_event_is_configuration(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.jsonl": lines({"event": "config", "env_step": 0, "config": {"td3": {"tau": 0.005}}})})
    assert [(fact.key, fact.value) for fact in run.config] == [("td3.tau", 0.005)]
    assert not run.series


def test_records_without_a_step_are_numbered_and_said_so(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.jsonl": lines(*[{"loss": 1.0}] * 3)})
    assert only(run, "loss").steps.tolist() == [0, 1, 2]
    assert kinds(run, "a.jsonl") == [IssueKind.NOTE]


def test_a_resumed_run_keeps_every_row_and_marks_the_repeated_ones(tmp_path: Path) -> None:
    steps = [*range(10), *range(6, 12)]
    run = load(tmp_path, {"a.jsonl": lines(*[{"step": step, "ts": 1e9 + i, "a": i} for i, step in enumerate(steps)])})
    series = only(run, "a")
    assert series.segment.tolist() == [0] * 10 + [1] * 6
    assert np.flatnonzero(series.superseded).tolist() == [6, 7, 8, 9]


def test_a_counter_that_starts_over_each_epoch_is_no_restart(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.jsonl": lines(*[{"step": i % 10, "a": i} for i in range(50)])})
    series = only(run, "a")
    assert series.steps.tolist() == list(range(50))
    assert not series.superseded.any()
    assert series.segment.max() == 0


def test_rotated_parts_are_one_log_in_the_order_of_writing(tmp_path: Path) -> None:
    parts = {f"debug.jsonl{suffix}": lines({"step": step, "a": 1}) for suffix, step in [(".2", 1), (".1", 2), ("", 3)]}
    series = only(load(tmp_path, dict(parts)), "a")
    assert series.steps.tolist() == [1, 2, 3]
    assert series.files == ("debug.jsonl.2", "debug.jsonl.1", "debug.jsonl")
    assert series.file_index.tolist() == [0, 1, 2]
    assert series.ref(2).file == "debug.jsonl"


def test_json_lines_under_other_names_are_recognised(tmp_path: Path) -> None:
    text = lines({"training_iteration": 1, "r": 1.0}, {"training_iteration": 2, "r": 2.0})
    run = load(tmp_path, {"result.json": text, "trainer.log": text, "words.log": "{not json\nat all}\n"})
    assert [series.source for series in run.series] == ["jsonl:result.json", "jsonl:trainer.log"]
    assert {record.file for record in run.logs} == {"words.log"}


def test_a_line_beyond_the_limit_is_stated(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: events(), "a.jsonl": lines({"step": 1, "a": 1}) + '{"b": "' + "x" * 5000 + '"}\n'})
    run = load_run(tmp_path, limits=Limits(json_line_bytes=1000))
    assert IssueKind.LIMIT in kinds(run, "a.jsonl")
    assert len(only(run, "a")) == 1


def test_tags_are_bounded(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": lines({"step": 1, **{f"k{i}": i for i in range(50)}})})
    run = load_run(tmp_path, limits=Limits(tags=10))
    assert len(run.series) == 10
    assert kinds(run, "a.jsonl") == [IssueKind.LIMIT]


def test_an_event_without_environment_steps_stands_at_its_update_not_at_the_runs_episode(tmp_path: Path) -> None:
    events = [
        {"ts": 1.7e9 + n, "update": n, "episode": 0, "event": "train", "payload": {"loss": 1.0 / n}} for n in (1, 2, 3)
    ]
    loss = only(load(tmp_path, {"debug.jsonl": lines(*events)}), "train/loss")
    assert loss.steps.tolist() == [1, 2, 3]


def test_a_record_of_a_validation_is_no_training(tmp_path: Path) -> None:
    log = [
        {"mode": mode, "epoch": epoch, "iter": at, "loss": float(epoch)}
        for epoch in (1, 2, 3)
        for mode, at in (("train", 50), ("train", 100), ("val", 40))
    ]
    run = load(tmp_path, {"run.log.json": lines({"env_info": "linux"}, *log)})
    assert len(only(run, "loss")) == 6
    validation = only(run, "val/loss")
    assert validation.steps.tolist() == [1, 2, 3]
    assert validation.declared == {"axis": "epoch"}
