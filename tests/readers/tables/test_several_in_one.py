"""Tables that hold several runs, or every step of every episode."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.run_files import load, only


def test_the_seeds_of_a_table_are_told_apart(tmp_path: Path) -> None:
    rows = "".join(f"{1000 * i},{seed + i / 2},{seed}\n" for seed in (1, 2, 3) for i in range(6))
    run = load(tmp_path, {"curves.csv": "frame,episode_reward,seed\n" + rows})
    assert {series.tag for series in run.series} == {f"seed{seed}/episode_reward" for seed in (1, 2, 3)}
    second = only(run, "seed2/episode_reward")
    assert second.steps.tolist() == [1000 * i for i in range(6)]
    assert second.values.tolist() == [2 + i / 2 for i in range(6)]
    assert second.offsets[0] == 8
    assert second.declared == {"axis": "env_step"}


def test_a_seed_that_is_logged_along_parts_nothing(tmp_path: Path) -> None:
    rows = "".join(f"{1000 * i},0.5,{1 + i // 3}\n" for i in range(6))
    run = load(tmp_path, {"progress.csv": "step,loss,seed\n" + rows})
    assert only(run, "loss").steps.tolist() == [1000 * i for i in range(6)]


def test_two_long_runs_below_each_other_are_no_resumed_one(tmp_path: Path) -> None:
    rows = "".join(f"{seed},{1000 * i},{i / 2}\n" for seed in (0, 1) for i in range(100))
    run = load(tmp_path, {"log.csv": "seed,step,return\n" + rows})
    assert {series.tag for series in run.series} == {"seed0/return", "seed1/return"}
    assert not any(series.superseded.any() for series in run.series)


def test_a_run_that_was_resumed_under_another_number_stays_one(tmp_path: Path) -> None:
    steps = [*range(60), *range(50, 100)]
    rows = "".join(f"{int(place >= 60)},{1000 * i},{i / 2}\n" for place, i in enumerate(steps))
    run = load(tmp_path, {"log.csv": "run,step,return\n" + rows})
    assert only(run, "return").superseded.sum() == 10


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", ["inf", "1e300", "nan", "0.5"])
def test_what_is_no_label_parts_nothing(tmp_path: Path, seed: str) -> None:
    rows = "".join(f"{label},{1000 * i},{i / 2}\n" for label in ("1", seed) for i in range(6))
    run = load(tmp_path, {"log.csv": "seed,step,return\n" + rows})
    assert not any(series.tag.startswith("seed1/") for series in run.series)


HEADER = "episode,step,reward,total_reward,loss\n"


def test_the_reward_of_a_step_is_no_return(tmp_path: Path) -> None:
    rows = "".join(f"{episode},{step},1.0,{step + 1},0.5\n" for episode in range(5) for step in range(10))
    run = load(tmp_path, {"log.csv": HEADER + rows})
    assert only(run, "reward").declared == {"axis": "episode", "quantity": "reward", "role": "train"}
    assert only(run, "total_reward").declared == {"axis": "episode", "quantity": "other"}
    assert only(run, "loss").declared == {"axis": "episode"}


@pytest.mark.parametrize("header", ["episode,length,reward\n", "episode,steps,reward\n"])
def test_a_row_for_an_episode_holds_its_return(tmp_path: Path, header: str) -> None:
    rows = "".join(f"{episode},{200 - episode % 7},{episode / 2}\n" for episode in range(30))
    declared = only(load(tmp_path, {"log.csv": header + rows}), "reward").declared
    assert declared == {"axis": "episode"}
