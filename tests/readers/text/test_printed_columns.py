"""Rows of numbers below a line of names, as fastai, skorch, ultralytics, ElegantRL and markdown print them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.run_files import load, only


@pytest.mark.parametrize(
    ("head", "row", "tag"),
    [
        ("epoch     train_loss  valid_loss  accuracy  time    ", "{n:<10}{v:<12}0.500000    0.900000  00:12     ",
         "train_loss"),
        ("  epoch    train_loss    valid_acc     dur\n-------  ------------  -----------  ------",
         "{n:7d}        {v}       0.9000    0.0312", "train_loss"),
        ("ID     Step    Time |    avgR   stdR   avgS |    expR   objC   etc.",
         "0  {n}  37 |  {v}  5.0    200 |   -6.03   1.15 -36.08  0.5", "avgR"),
        ("      Epoch    GPU_mem   box_loss   cls_loss  Instances       Size",
         "      {n}/9      2.31G      {v}      4.5         34        640: 100%|###| 10/10 [00:02<00:00,  4.1it/s]",
         "box_loss"),
        ("| Episode | Mean Reward | Length |\n|---------|-------------|--------|", "| {n:7d} | {v:6.1f} | 200 |",
         "Mean Reward"),
    ],
)  # fmt: skip
def test_numbers_take_the_names_above_them(tmp_path: Path, head: str, row: str, tag: str) -> None:
    rows = "".join(row.format(n=n, v=n + 0.5) + "\n" for n in range(1, 6))
    series = only(load(tmp_path, {"train.log": f"Using cpu device\n{head}\n{rows}done\n"}), tag)
    assert series.steps.tolist() == [1, 2, 3, 4, 5]
    assert series.values.tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]


@pytest.mark.parametrize(
    "text",
    [
        "we train for one epoch\n1 2 3 4 5\n2 3 4 5 6\n",
        "name   size   kind\n1      2      3\n2      3      4\n",
        "epoch  loss  acc\n1  2\n2  3\n1  two  3\n2  two  3\n",
        "1  2  3\n2  3  4\n",
    ],
    ids=["prose", "no counter", "other widths and words", "no names"],
)
def test_other_numbers_are_no_columns(tmp_path: Path, text: str) -> None:
    assert not load(tmp_path, {"train.log": text}).series
