"""Monitor files: episodes of all environments on one axis of environment steps."""

from __future__ import annotations

from pathlib import Path

from forensics.model.evidence import IssueKind
from tests.readers.run_files import kinds, load, only

HEAD = '#{"t_start": 1700000000.0, "env_id": "Hopper-v4"}\nr,l,t\n'


def test_one_monitor_is_read_at_the_steps_its_lengths_sum_to(tmp_path: Path) -> None:
    run = load(tmp_path, {"0.monitor.csv": HEAD + "1.5,100,2.0\n2.5,150,4.5\n"})
    returns = only(run, "monitor/episode_reward")
    assert returns.steps.tolist() == [100, 250]
    assert returns.values.tolist() == [1.5, 2.5]
    assert returns.wall_times.tolist() == [1700000002.0, 1700000004.5]
    assert returns.offsets.tolist() == [3, 4]
    assert returns.declared == {"axis": "env_step", "aggregation": "instant"}
    assert only(run, "monitor/episode_length").values.tolist() == [100, 150]
    assert [(fact.key, fact.value) for fact in run.config] == [("env_id", "Hopper-v4")]


def test_several_environments_are_merged_by_time(tmp_path: Path) -> None:
    other = '#{"t_start": 1700000001.0, "env_id": "Hopper-v4"}\nr,l,t\n'
    run = load(
        tmp_path,
        {"0.monitor.csv": HEAD + "1,10,2.0\n3,30,9.0\n", "1.monitor.csv": other + "2,20,4.0\n"},
    )
    returns = only(run, "monitor/episode_reward")
    assert (returns.values.tolist(), returns.steps.tolist()) == ([1, 2, 3], [10, 30, 60])
    assert [returns.files[place] for place in returns.file_index] == ["0.monitor.csv", "1.monitor.csv", "0.monitor.csv"]
    assert returns.source == "csv:*monitor.csv"


def test_what_the_user_added_is_a_series_too(tmp_path: Path) -> None:
    text = HEAD.replace("r,l,t", "r,l,t,is_success") + "1,10,1.0,False\n2,10,2.0,True\n"
    assert only(load(tmp_path, {"monitor.csv": text}), "monitor/is_success").values.tolist() == [0, 1]


def test_a_clock_that_starts_over_goes_on(tmp_path: Path) -> None:
    run = load(tmp_path, {"monitor.csv": HEAD + "1,10,5.0\n2,10,9.0\n3,10,1.0\n4,10,2.0\n"})
    returns = only(run, "monitor/episode_reward")
    assert returns.values.tolist() == [1, 2, 3, 4]
    assert (returns.wall_times - 1700000000).tolist() == [5, 9, 10, 11]


def test_evaluation_episodes_are_no_training_steps(tmp_path: Path) -> None:
    run = load(tmp_path, {"eval/monitor.csv": HEAD + "1,10,1\n2,10,2\n", "monitor.csv": HEAD + "5,7,1\n"})
    evaluated = only(run, "eval/episode_reward")
    assert evaluated.steps.tolist() == [0, 1]
    assert evaluated.declared == {"axis": "episode", "aggregation": "instant"}
    assert only(run, "monitor/episode_reward").steps.tolist() == [7]


def test_a_folder_that_only_sounds_like_evaluation_trained(tmp_path: Path) -> None:
    run = load(tmp_path, {"test_run_3/0.monitor.csv": HEAD + "1,10,1\n2,10,2\n"})
    assert only(run, "monitor/episode_reward").steps.tolist() == [10, 20]


def test_a_torn_episode_is_not_counted(tmp_path: Path) -> None:
    run = load(tmp_path, {"monitor.csv": HEAD + "1,10,1.0\n2,1"})
    assert only(run, "monitor/episode_reward").steps.tolist() == [10]
    assert kinds(run, "monitor.csv") == [IssueKind.TRUNCATED]


def test_a_monitor_without_its_first_line_is_read_in_its_own_time(tmp_path: Path) -> None:
    run = load(tmp_path, {"monitor.csv": "r,l,t\n1,10,1.5\n"})
    assert only(run, "monitor/episode_reward").wall_times.tolist() == [1.5]
