"""Console lines whose letters stand for quantities: SAC-AE, CURL, DrQ-v2, TD-MPC."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.readers.text.meters import meter_fields
from tests.readers.run_files import load, only


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "| train | F: 6000 | S: 3000 | E: 6 | L: 500 | R: 5.25 | BS: 3000 | FPS: 96.5 | T: 0:00:42",
            {"frame": 6000, "step": 3000, "episode": 6, "train/episode_length": 500, "train/episode_reward": 5.25,
             "train/buffer_size": 3000, "train/fps": 96.5},
        ),
        (
            "| eval | E: 4 | S: 2000 | R: 785.5 | A_LOSS: -3.5 | CR_LOSS: 1.9e-01",
            {"episode": 4, "step": 2000, "eval/episode_reward": 785.5, "eval/actor_loss": -3.5,
             "eval/critic_loss": 0.19},
        ),
        (
            " train          E: 10          S: 5,000        R: -12.5        T: 0:01:10",
            {"episode": 10, "step": 5000, "train/episode_reward": -12.5},
        ),
        (
            " eval     E: 10     I: 5,000     R: 12.5     S: 0.5     T: 0:01:10",
            {"episode": 10, "step": 5000, "eval/episode_reward": 12.5, "eval/episode_success": 0.5},
        ),
    ],
)  # fmt: skip
def test_letters_are_named_as_in_the_tables_of_the_same_logger(text: str, fields: dict[str, float]) -> None:
    assert meter_fields(text) == fields


@pytest.mark.parametrize(
    "text", ["| train | loss: 3 |", "train S: 3", "Training E: 3 R: 4", "| reward | E: 3 | R: 4 |", "S: 3 E: 4 R: 5"]
)
def test_other_lines_are_left_to_the_other_readers(text: str) -> None:
    assert meter_fields(text) is None


def test_every_indented_line_is_a_moment_of_its_own(tmp_path: Path) -> None:
    lines = "".join(f" train   E: {i}   I: {500 * i:,}   R: {i}.5   S: 0.0   T: 0:00:0{i}\n" for i in range(6))
    run = load(tmp_path, {"train.log": "Loading\n" + lines})
    series = only(run, "train/episode_reward")
    assert series.steps.tolist() == [0, 500, 1000, 1500, 2000, 2500]
    assert series.values.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
