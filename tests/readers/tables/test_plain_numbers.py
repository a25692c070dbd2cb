"""Tables in text files: numbers alone, parted by anything, under a name or a header that says what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.run_files import EVENTS, events, load, only


@pytest.mark.parametrize(
    ("name", "text", "tag", "steps"),
    [
        ("rewards.txt", "1.5\n2.5\n3.5\n", "rewards", [0, 1, 2]),
        ("train_loss.dat", "1.500e+00\n2.500e+00\n3.500e+00\n", "train_loss", [0, 1, 2]),
        ("42.txt", "5000 1.5\n10000 2.5\n15000 3.5\n", "42", [5000, 10000, 15000]),
        ("progress.txt", "4000,1.5\n8000,2.5\n12000,3.5\n", "progress", [4000, 8000, 12000]),
        ("results.txt", "# step reward\n100   1.5\n200   2.5\n300   3.5\n", "reward", [100, 200, 300]),
        ("eval.txt", "step reward\n100 1.5\n200 2.5\n300 3.5\n", "eval/reward", [100, 200, 300]),
        ("log.csv", "episode loss\n1 1.5\n2 2.5\n3 3.5\n", "loss", [1, 2, 3]),
    ],
)
def test_numbers_alone_are_a_table(tmp_path: Path, name: str, text: str, tag: str, steps: list[int]) -> None:
    series = only(load(tmp_path, {name: text}), tag)
    assert series.steps.tolist() == steps
    assert series.values.tolist() == [1.5, 2.5, 3.5]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("000001.txt", "0 0.5 0.5 0.1 0.1\n1 0.2 0.5 0.1 0.1\n2 0.3 0.5 0.1 0.1\n"),
        ("labels.txt", "3\n1\n2\n0\n"),
        ("train.txt", "images/1.png\nimages/2.png\nimages/3.png\n"),
        ("train.log", "starting\n1 2\nwriting\n"),
        ("rewards.txt", "1.5\n"),
    ],
)
def test_other_text_is_no_table(tmp_path: Path, name: str, text: str) -> None:
    run = load(tmp_path, {name: text, EVENTS: events()})
    assert {record.path: record.reader for record in run.files}[name] != "csv"


def test_a_statistic_alone_is_named_after_its_file(tmp_path: Path) -> None:
    text = "steps\tmean\tmax\taverage_q\n100\t1.5\t2.5\t0.5\n200\t1.75\t2.75\t0.75\n"
    run = load(tmp_path, {"scores.txt": text})
    assert {series.tag for series in run.series} == {"scores/mean", "scores/max", "average_q"}


def test_a_column_called_value_among_others_keeps_its_name(tmp_path: Path) -> None:
    run = load(tmp_path, {"log.csv": "frames,value,entropy\n100,0.5,1.5\n200,0.75,1.25\n"})
    assert only(run, "value").values.tolist() == [0.5, 0.75]


def test_the_evaluator_of_a_distributed_run_evaluates(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {"logs/evaluator/logs.csv": "episode_return\n1.5\n2.5\n", "logs/learner/logs.csv": "steps,loss\n1,2\n2,3\n"},
    )
    assert only(run, "eval/episode_return").values.tolist() == [1.5, 2.5]
