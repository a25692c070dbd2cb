"""torchrl's files: one metric each, named by its path."""

from __future__ import annotations

from pathlib import Path

from tests.readers.run_files import load, only

ROWS = "1024,18.5\n2048,nan\n3072,-2.5e1\n"


def test_a_metric_is_named_by_its_path_below_the_folder(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "scalars/train/reward.csv": ROWS,
        "scalars/eval/reward.csv": ROWS,
        "scalars/r_training.csv": ROWS,
        "texts/hparams0.txt": "gamma: 0.99\nlr: 0.001",
    }
    run = load(tmp_path, files)
    assert {series.tag for series in run.series} == {"train/reward", "eval/reward", "r_training"}
    reward = only(run, "train/reward")
    assert reward.steps.tolist() == [1024, 2048, 3072]
    assert reward.values.tolist()[::2] == [18.5, -25.0]
    assert {fact.key: fact.value for fact in run.config} == {"gamma": 0.99, "lr": 0.001}
    assert all(file.bytes_read == file.bytes for file in run.files)


def test_a_table_with_a_header_below_a_folder_of_that_name_is_a_table(tmp_path: Path) -> None:
    run = load(tmp_path, {"scalars/metrics.csv": "step,loss\n1,0.5\n2,0.25\n"})
    assert only(run, "loss").values.tolist() == [0.5, 0.25]
