"""A Weights & Biases directory: its text is read, its binary record named."""

from __future__ import annotations

from pathlib import Path

from tests.readers.run_files import load


def test_configuration_and_summary_are_read_and_the_binary_record_is_named_once(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {
            "run-abc.wandb": b":W&B\xfd\x8f\x00",
            "files/config.yaml": "wandb_version: 1\n_wandb:\n  value: {a: 1}\nlr:\n  desc: null\n  value: 0.001\n",
            "files/wandb-summary.json": '{"reward": 12.5, "_step": 100}',
            "files/output.log": "step=1 loss=0.5\nstep=2 loss=0.25\n",
        },
    )
    assert {(fact.key, fact.value, fact.origin) for fact in run.config} == {
        ("lr", 0.001, "file"),
        ("reward", 12.5, "results"),
        ("_step", 100, "results"),
    }
    readers = {record.path: record.reader for record in run.files}
    assert readers["run-abc.wandb"] == "unread"
    assert readers["files/output.log"] == "textlog"
    assert len([issue for issue in run.issues if "wandb package" in issue.message]) == 1
