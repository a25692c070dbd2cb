"""Tables with a header: each logger's layout becomes series at its own steps."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.readers.run_files import load, only


def test_progress_csv_of_stable_baselines3_is_read_at_environment_steps(tmp_path: Path) -> None:
    text = (
        "time/fps,time/total_timesteps,rollout/ep_rew_mean,train/n_updates,train/actor_loss\n"
        "100,1000,-5.5,,\n90,2000,-4.5,500,0.25\n80,3000,,1500,-0.5\n"
    )
    run = load(tmp_path, {"progress.csv": text})
    loss = only(run, "train/actor_loss")
    assert (loss.steps.tolist(), loss.values.tolist()) == ([2000, 3000], [0.25, -0.5])
    assert loss.offsets.tolist() == [3, 4]
    assert loss.updates is not None
    assert loss.updates.tolist() == [500, 1500]
    assert loss.declared == {"axis": "env_step"}
    assert loss.source == "csv:progress.csv"
    assert only(run, "rollout/ep_rew_mean").steps.tolist() == [1000, 2000]
    assert all(series.tag != "time/total_timesteps" for series in run.series)


@pytest.mark.parametrize("counter", ["misc/total_timesteps", "total_timesteps", "TimestepsSoFar", "total/steps"])
def test_progress_csv_of_openai_baselines_is_read_at_its_counter(tmp_path: Path, counter: str) -> None:
    run = load(tmp_path, {"progress.csv": f"eprewmean,{counter},misc/nupdates\nnan,2048,1\n1.5,4096,2\n"})
    returns = only(run, "eprewmean")
    assert returns.steps.tolist() == [2048, 4096]
    assert math.isnan(returns.values[0])


def test_progress_csv_of_rllib_is_read_at_sampled_steps_and_unix_time(tmp_path: Path) -> None:
    text = (
        "training_iteration,timesteps_total,num_env_steps_sampled,timestamp,time_total_s,env_runners/episode_return_mean,date\n"
        "1,,4000,1700000000,10.5,nan,2023-11-14_22-13-20\n2,,8000,1700000010,20.5,12.5,2023-11-14_22-13-30\n"
    )
    run = load(tmp_path, {"progress.csv": text})
    returns = only(run, "env_runners/episode_return_mean")
    assert returns.steps.tolist() == [4000, 8000]
    assert returns.wall_times.tolist() == [1700000000.0, 1700000010.0]
    assert only(run, "training_iteration").values.tolist() == [1, 2]


def test_dictionaries_printed_into_cells_are_taken_apart(tmp_path: Path) -> None:
    text = (
        "info,timesteps_total,config\n"
        "\"{'learner': {'grad_gnorm': 40.0, 'entropy': nan}, 'steps': 3}\",100,\"{'lr': 0.001, 'hidden': [4, 4]}\"\n"
        '"{""learner"": {""grad_gnorm"": 39.5}}",200,"{\'lr\': 0.001}"\n'
    )
    run = load(tmp_path, {"progress.csv": text})
    assert only(run, "info/learner/grad_gnorm").values.tolist() == [40.0, 39.5]
    assert math.isnan(only(run, "info/learner/entropy").values[0])
    assert {fact.key: fact.value for fact in run.config} == {"lr": 0.001, "hidden": [4, 4]}
    assert not run.issues


def test_sparse_metrics_csv_of_lightning_keeps_each_group_at_its_own_steps(tmp_path: Path) -> None:
    text = "epoch,step,train_loss,val_loss\n0,49,0.9,\n0,99,0.8,\n0,99,,0.85\n1,149,0.7,\n1,199,,0.75\n"
    run = load(tmp_path, {"metrics.csv": text, "hparams.yaml": "lr: 0.01\n"})
    assert only(run, "train_loss").steps.tolist() == [49, 99, 149]
    assert only(run, "val_loss").steps.tolist() == [99, 199]
    assert only(run, "val_loss").declared is None
    assert [(fact.key, fact.value) for fact in run.config] == [("lr", 0.01)]


def test_train_csv_and_eval_csv_of_one_header_are_told_apart_by_their_names(tmp_path: Path) -> None:
    head = "episode,episode_length,episode_reward,frame,step,total_time\n"
    run = load(
        tmp_path,
        {
            "train.csv": head + "1,500,10.0,1000,500,12.5\n2,500,20.0,2000,1000,25.0\n",
            "eval.csv": head + "1,500,15.0,1000,500,13.0\n",
        },
    )
    train = only(run, "train/episode_reward")
    assert train.steps.tolist() == [500, 1000]
    assert train.wall_times.tolist() == [12.5, 25.0]
    assert only(run, "eval/episode_reward").values.tolist() == [15.0]


def test_a_table_of_episodes_without_a_step_is_on_the_episode_axis(tmp_path: Path) -> None:
    rows = "".join(f"{i},{90 + (7 * i) % 20},{i * 0.5}\n" for i in range(12))
    run = load(tmp_path, {"log.csv": "episode,steps,reward\n" + rows})
    reward = only(run, "reward")
    assert reward.steps.tolist() == list(range(12))
    assert reward.declared == {"axis": "episode"}
    assert only(run, "steps").values[1] == 97


def test_a_counter_that_starts_over_in_every_episode_is_not_the_step(tmp_path: Path) -> None:
    rows = "".join(f"{t},{t * 0.1}\n" for _ in range(5) for t in range(10))
    run = load(tmp_path, {"steps.csv": "timestep,reward\n" + rows})
    assert only(run, "reward").steps.tolist() == list(range(50))
    assert any("starts over" in issue.message for issue in run.issues)


def test_a_table_without_a_counter_is_numbered_by_row_on_no_axis(tmp_path: Path) -> None:
    run = load(tmp_path, {"curve.csv": "return,note\n1.5,good\n2.5,bad\n"})
    returns = only(run, "return")
    assert (returns.steps.tolist(), returns.declared) == ([0, 1], {"counts": "records"})
    assert sorted(issue.message for issue in run.issues) == [
        "1 columns hold text and are not series: note",
        "no column counts steps: the points are numbered by row",
    ]


def test_a_long_table_is_a_series_for_each_of_its_words(tmp_path: Path) -> None:
    phases = "".join(f"{epoch},{phase},{epoch + 0.5}\n" for epoch in range(3) for phase in ("train", "val"))
    tags = "".join(f"{step},{tag},{step * 0.1}\n" for tag in ("loss", "lr", "acc") for step in range(5))
    run = load(tmp_path, {"a.csv": "epoch,phase,loss\n" + phases, "b.csv": "step,tag,value\n" + tags})
    assert only(run, "val/loss").steps.tolist() == [0, 1, 2]
    assert only(run, "train/loss").offsets.tolist() == [2, 4, 6]
    assert only(run, "lr").steps.tolist() == [0, 1, 2, 3, 4]


def test_a_download_of_tensorboard_takes_tag_and_time(tmp_path: Path) -> None:
    text = "Wall time,Step,Value\n1700000000.5,10,0.5\n1700000001.5,20,0.25\n"
    run = load(tmp_path, {"run-a-tag-losses%2Factor_loss.csv": text})
    loss = only(run, "losses/actor_loss")
    assert (loss.steps.tolist(), loss.wall_times.tolist()) == ([10, 20], [1700000000.5, 1700000001.5])


def test_progress_txt_parted_by_tabs_is_a_table_and_prose_is_not(tmp_path: Path) -> None:
    table = "Epoch\tAverageEpRet\tTotalEnvInteracts\n0\t1.5\t4000\n1\t2.5\t8000\n"
    run = load(tmp_path, {"progress.txt": table, "notes.txt": "a\tb\tc\nplain\twords\there\n"})
    assert only(run, "AverageEpRet").steps.tolist() == [4000, 8000]
    assert {record.path: record.reader for record in run.files}["notes.txt"] == "textlog"


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    text = mark.join(["step", "loss"]) + "\n" + mark.join(["1", "0.5"]) + "\n" + mark.join(["2", "0.25"]) + "\n"
    assert only(load(tmp_path, {"a.csv": text}), "loss").values.tolist() == [0.5, 0.25]


def test_decimal_commas_beside_semicolons_are_read(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "step;loss;acc\n1;0,5;0,1\n2;0,25;0,2\n"})
    assert only(run, "loss").values.tolist() == [0.5, 0.25]


def test_a_table_without_a_header_is_named_after_its_file(tmp_path: Path) -> None:
    run = load(tmp_path, {"rewards.csv": "1.5\n2.5\n", "loss.csv": "0,0.5\n10,0.25\n20,0.125\n", "x.csv": "a\n"})
    assert only(run, "rewards").values.tolist() == [1.5, 2.5]
    assert only(run, "loss").steps.tolist() == [0, 10, 20]
    assert [issue.message for issue in run.issues if issue.file == "x.csv"] == ["the table holds no rows"]


def test_a_commented_header_names_the_columns(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "# written by numpy\n# step,loss\n1,0.5\n2,0.25\n# done\n"})
    assert only(run, "loss").steps.tolist() == [1, 2]


def test_a_mark_of_byte_order_and_windows_line_ends_are_dropped(tmp_path: Path) -> None:
    text = "step,loss\r\n1,0.5\r\n2,0.25\r\n"
    run = load(tmp_path, {"a.csv": b"\xef\xbb\xbf" + text.encode(), "b.csv": text.encode("utf-16")})
    assert [series.steps.tolist() for series in run.series if series.tag == "loss"] == [[1, 2], [1, 2]]


def test_times_that_run_backwards_are_no_clock(tmp_path: Path) -> None:
    rows = "".join(f"{i},{0.1 + (i * 7 % 5) * 0.01},{i}\n" for i in range(40))
    series = only(load(tmp_path, {"a.csv": "step,time,loss\n" + rows}), "loss")
    assert all(math.isnan(time) for time in series.wall_times)


def test_dates_are_a_clock(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "date,step,loss\n2025-01-01 00:00:00,1,0.5\n2025-01-01 00:00:10,2,0.25\n"})
    assert only(run, "loss").wall_times.tolist() == [1735689600.0, 1735689610.0]


def test_rows_without_a_time_leave_the_clock_to_the_others(tmp_path: Path) -> None:
    text = "time/total_timesteps,time/time_elapsed,loss\n10,1,0.5\n15,,0.4\n20,2,0.3\n30,4,0.2\n"
    times = only(load(tmp_path, {"progress.csv": text}), "loss").wall_times
    assert times[[0, 2, 3]].tolist() == [1, 2, 4]
    assert math.isnan(times[1])
