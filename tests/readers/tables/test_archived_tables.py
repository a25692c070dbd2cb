"""Other people's tables: as many rows as pandas reads, value for value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forensics.readers.run import load_run
from tests.readers.run_files import only


@pytest.mark.parametrize("name", ["d3-td3-hopper-medium", "d3-td3bc-hopper-medium"])
def test_every_metric_of_d3rlpy_has_the_values_that_pandas_reads(archived_runs: Path, name: str) -> None:
    run = load_run(archived_runs / name)
    files = sorted((archived_runs / name).glob("*.csv"))
    assert len(files) == 7
    for file in files:
        frame = pd.read_csv(file, names=["epoch", "step", "value"])
        series = only(run, file.stem)
        assert np.array_equal(series.steps, frame["step"])
        assert np.array_equal(series.values, frame["value"])


@pytest.mark.parametrize("name", ["zoo-td3-halfcheetah", "zoo-td3-bipedalhardcore"])
def test_monitor_and_evaluations_have_the_values_that_pandas_and_numpy_read(archived_runs: Path, name: str) -> None:
    run = load_run(archived_runs / name)
    frame = pd.read_csv(archived_runs / name / "0.monitor.csv", comment="#")
    returns = only(run, "monitor/episode_reward")
    assert np.array_equal(returns.values, frame["r"])
    assert np.array_equal(returns.steps, frame["l"].cumsum())
    held = np.load(archived_runs / name / "evaluations.npz")
    assert np.array_equal(only(run, "eval/mean_reward").values, held["results"].mean(axis=1))


def test_progress_csv_of_an_old_rllib_has_the_values_that_pandas_reads(archived_runs: Path) -> None:
    run = load_run(archived_runs / "ray-impala-spaceinvaders")
    frame = pd.read_csv(archived_runs / "ray-impala-spaceinvaders" / "progress.csv")
    returns = only(run, "episode_reward_mean")
    assert np.array_equal(returns.steps, frame["timesteps_total"])
    assert np.array_equal(returns.wall_times, frame["timestamp"])
    assert np.array_equal(returns.values, frame["episode_reward_mean"], equal_nan=True)
    assert only(run, "info/learner/grad_gnorm").values[1] == 40.0
    assert all(file.bytes_read == file.bytes for file in run.files)
