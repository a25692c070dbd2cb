"""JSON documents of results: curves become series, single values facts."""

from __future__ import annotations

import json
import math
from pathlib import Path

from forensics.model.evidence import IssueKind
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write


def test_lists_of_numbers_are_series_and_single_values_facts(tmp_path: Path) -> None:
    document = {"total_timesteps": 5000, "total_episodes": 3, "rewards": [1, 2.5, None], "eval": {"mean": [4.0]}}
    run = load(tmp_path, {"results.json": json.dumps(document)})
    rewards = only(run, "rewards")
    assert rewards.source == "results:results.json"
    assert rewards.steps.tolist() == [0, 1, 2]
    assert rewards.values.tolist()[:2] == [1.0, 2.5]
    assert math.isnan(rewards.values[2])
    assert rewards.declared == {"axis": "episode"}
    assert (rewards.ref().file, rewards.ref().line) == ("results.json", None)
    assert only(run, "eval/mean").declared == {"counts": "records"}
    assert {fact.key: (fact.value, fact.origin) for fact in run.config} == {
        "total_timesteps": (5000, "results"),
        "total_episodes": (3, "results"),
    }


def test_a_list_of_objects_is_read_as_records(tmp_path: Path) -> None:
    rows = [{"step": 10 * i, "loss": 1.0 / (i + 1), "epoch": 0.1 * i} for i in range(4)]
    run = load(tmp_path, {"trainer_state.json": json.dumps({"best": 0.3, "log_history": rows})})
    assert only(run, "loss").steps.tolist() == [0, 10, 20, 30]
    assert [(fact.key, fact.value) for fact in run.config] == [("best", 0.3)]


def test_a_configuration_with_layer_widths_is_no_result(tmp_path: Path) -> None:
    run = load(tmp_path, {"params.json": '{"hidden": [256, 256], "lr": 0.001}'})
    assert not run.series
    assert {fact.key: fact.origin for fact in run.config} == {"hidden": "file", "lr": "file"}


def test_content_tells_where_the_name_does_not(tmp_path: Path) -> None:
    run = load(tmp_path, {"x.json": json.dumps({"curve": list(range(20))}), "y.json": '{"a": 1}', EVENTS: events()})
    assert len(only(run, "curve")) == 20
    assert {record.path: record.reader for record in run.files}["y.json"] == "unread"


def test_broken_and_large_documents_are_issues(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: events(), "results.json": '{"a": [1, 2', "metrics.json": '{"a": "' + "x" * 5000 + '"}'})
    run = load_run(tmp_path, limits=Limits(document_bytes=1000))
    assert kinds(run, "results.json") == [IssueKind.MALFORMED]
    assert kinds(run, "metrics.json") == [IssueKind.LIMIT]


def test_real_results_beside_an_event_file(archived_runs: Path) -> None:
    run = load_run(archived_runs / "seed-day16")
    assert len(only(run, "training_rewards")) == 413
    assert {fact.key: fact.value for fact in run.config}["total_timesteps"] == 5000
