"""Lists of numbers in JSON documents: which of them are steps, and which are values at these steps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.readers.run_files import load, only

STEPS = [10_000 * n for n in range(12)]
VALUES = [n + 0.5 for n in range(12)]


@pytest.mark.parametrize(
    ("file", "document", "tag", "axis"),
    [
        ("metrics.json", {"ret": {"steps": STEPS, "timestamps": ["a"] * 12, "values": VALUES}}, "ret", ""),
        ("info.json", {"ret": VALUES, "ret_T": STEPS, "other": [1.0, 2.0]}, "ret", "env_step"),
        ("info.json",
         {"ret": [{"py/object": "numpy.float64", "dtype": "float64", "value": value} for value in VALUES],
          "ret_T": STEPS, "x": [[1, 2], [3, 4]]}, "ret", "env_step"),
        ("results.json", {"timesteps": STEPS, "rewards": VALUES}, "rewards", "env_step"),
        ("results.json", {"run": {"rewards": VALUES, "step": STEPS, "episodes": list(range(12))}}, "run/rewards", ""),
        ("summary.json", {"logs/value_loss": [[1.6e9, step, value] for step, value in zip(STEPS, VALUES, strict=True)]},
         "logs/value_loss", ""),
        ("run-PPO_1-tag-rollout_ep_rew_mean.json",
         [[1.6e9, step, value] for step, value in zip(STEPS, VALUES, strict=True)], "rollout_ep_rew_mean", ""),
    ],
)  # fmt: skip
def test_values_stand_at_the_steps_beside_or_inside_them(
    tmp_path: Path, file: str, document: Any, tag: str, axis: str
) -> None:
    run = load(tmp_path, {file: json.dumps(document)})
    series = only(run, tag)
    assert series.steps.tolist() == STEPS
    assert series.values.tolist() == VALUES
    assert (series.declared or {}).get("axis", "") == axis


@pytest.mark.parametrize(
    "steps",
    [list(range(12, 0, -1)), [7] * 12, [n + 0.5 for n in range(12)], list(range(11))],
    ids=["falls", "stands still", "not whole", "too short"],
)
def test_a_list_that_does_not_count_is_no_axis(tmp_path: Path, steps: list[float]) -> None:
    run = load(tmp_path, {"results.json": json.dumps({"steps": steps, "rewards": VALUES})})
    assert only(run, "rewards").steps.tolist() == list(range(12))
    assert only(run, "steps").values.tolist() == steps


def test_triples_of_small_numbers_are_no_points_in_time(tmp_path: Path) -> None:
    run = load(tmp_path, {"results.json": json.dumps({"boxes": [[1, 2, 3], [4, 5, 6]], "loss": VALUES})})
    assert {series.tag for series in run.series} == {"loss"}


def test_wall_times_inside_points_are_kept(tmp_path: Path) -> None:
    points = [[1.6e9 + step, step, 1.0] for step in STEPS]
    run = load(tmp_path, {"summary.json": json.dumps({"loss": points})})
    assert only(run, "loss").wall_times.tolist() == [1.6e9 + step for step in STEPS]
