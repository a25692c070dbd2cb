"""Tune's result.json repeats the configuration in every line: settings are no measurements."""

from __future__ import annotations

import json
from pathlib import Path

from tests.readers.run_files import load


def _results(*rates: float) -> str:
    results = [
        {"training_iteration": count, "episode_reward_mean": 1.0 * count, "config": {"lr": rate, "clip_actions": False}}
        for count, rate in enumerate(rates, 1)
    ]
    return "".join(json.dumps(result) + "\n" for result in results)


def test_the_configuration_of_a_result_is_read_once(tmp_path: Path) -> None:
    run = load(tmp_path, {"result.json": _results(0.1, 0.1, 0.1)})
    assert [series.tag for series in run.series] == ["episode_reward_mean"]
    assert {fact.key: fact.value for fact in run.config} == {"lr": 0.1, "clip_actions": False}
    assert not [issue for issue in run.issues if "configuration" in issue.message]


def test_a_configuration_that_changes_is_told(tmp_path: Path) -> None:
    run = load(tmp_path, {"result.json": _results(0.1, 0.2, 0.2)})
    assert {fact.value for fact in run.config if fact.key == "lr"} == {0.1}
    assert any("in 2 records is not that of the first" in issue.message for issue in run.issues)
