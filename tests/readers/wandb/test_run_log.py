"""The binary record of a Weights & Biases run is read without their package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forensics.model.evidence import IssueKind
from tests.readers.run_files import kinds, load, only
from tests.readers.wandb import wandb_files as wb

NAME = "run-abc.wandb"


def test_every_logged_number_is_a_point_at_the_step_that_the_user_gave(tmp_path: Path) -> None:
    rows = [wb.history(10 * place, **{"train/loss": 2.0 - place, "inner": {"x": place}}) for place in range(3)]
    run = load(tmp_path, {NAME: wb.file(rows)})
    loss = only(run, "train/loss")
    assert loss.steps.tolist() == [0, 10, 20]
    assert loss.values.tolist() == [2.0, 1.0, 0.0]
    assert loss.wall_times.tolist() == [1.7e9, 1.7e9 + 10, 1.7e9 + 20]
    assert only(run, "inner/x").values.tolist() == [0, 1, 2]
    assert {series.tag for series in run.series} == {"train/loss", "inner/x"}
    assert [record.bytes_lost for record in run.files] == [0]


def test_numbers_that_are_not_finite_are_kept_and_histograms_are_no_numbers(tmp_path: Path) -> None:
    row = wb.history(0, loss=float("nan"), q=float("inf"), weights={"_type": "histogram", "values": [1], "packed": 3})
    run = load(tmp_path, {NAME: wb.file([row])})
    assert np.isnan(only(run, "loss").values).all()
    assert np.isposinf(only(run, "q").values).all()
    assert len(run.series) == 2


def test_where_the_calls_are_but_numbered_a_counter_that_is_logged_is_the_step(tmp_path: Path) -> None:
    rows = [wb.history(place, loss=1.0, epoch=place // 2, **{"trainer/global_step": 500 * place}) for place in range(4)]
    run = load(tmp_path, {NAME: wb.file(rows)})
    assert only(run, "loss").steps.tolist() == [0, 500, 1000, 1500]
    assert only(run, "epoch").values.tolist() == [0, 0, 1, 1]


def test_a_row_without_the_counter_stands_at_its_last_value(tmp_path: Path) -> None:
    rows = [wb.history(2 * place, loss=1.0, global_step=50 * place) for place in range(3)]
    between = [wb.history(2 * place + 1, entropy=0.5) for place in range(3)]
    run = load(tmp_path, {NAME: wb.file([row for pair in zip(rows, between, strict=True) for row in pair])})
    assert only(run, "loss").steps.tolist() == only(run, "entropy").steps.tolist() == [0, 50, 100]


def test_the_step_that_the_user_gave_goes_before_a_counter(tmp_path: Path) -> None:
    rows = [wb.history(100 * place, loss=1.0, update=place) for place in range(4)]
    assert only(load(tmp_path, {NAME: wb.file(rows)}), "loss").steps.tolist() == [0, 100, 200, 300]


def test_a_number_of_the_call_is_declared_to_count_nothing(tmp_path: Path) -> None:
    rows = [wb.history(place, loss=1.0, **({"iteration": 7} if place == 3 else {})) for place in range(20)]
    loss = only(load(tmp_path, {NAME: wb.file(rows)}), "loss")
    assert loss.steps.tolist() == list(range(20))
    assert loss.declared == {"counts": "records"}


def test_configuration_start_and_end_are_read(tmp_path: Path) -> None:
    git = wb.field(9, wb.field(2, "c0ffee"))
    started = wb.field(26, wb.field(5, "--lr") + wb.field(5, "0.1") + wb.field(6, "train.py") + git)
    records = [wb.config(lr=0.001, net={"width": 64}, _wandb={}), started, wb.history(0, loss=1.0), wb.exit_code(1)]
    run = load(tmp_path, {NAME: wb.file(records)})
    assert {(fact.key, fact.value, fact.origin) for fact in run.config} == {
        ("lr", 0.001, "file"),
        ("net.width", 64, "file"),
        ("lr", 0.1, "cli"),
        ("wandb.program", "train.py", "text"),
        ("wandb.git.commit", "c0ffee", "text"),
    }
    assert run.manifest is not None
    assert (run.manifest.run_id, run.manifest.status) == ("abc", "failed")


def test_records_that_are_cut_over_blocks_are_put_together(tmp_path: Path) -> None:
    for room in range(
        6, 10
    ):  # of a block, that a record of 100,000 bytes leaves: too little for a head, or just enough
        filler = wb.field(99, b"x" * (wb.BLOCK - 7 - 7 - room - 5))
        rows = [wb.history(step, loss=1.0, note="y" * 100_000) for step in range(2)]
        folder = tmp_path / str(room)
        run = load(folder, {NAME: wb.file([filler, *rows])})
        assert len(only(run, "loss")) == 2
        assert run.issues == ()


def test_damage_costs_its_block_and_the_record_it_cuts(tmp_path: Path) -> None:
    rows = [wb.history(step, loss=1.0, note="y" * 1000) for step in range(200)]
    data = bytearray(wb.file(rows))
    data[wb.BLOCK + 200] ^= 0xFF
    run = load(tmp_path, {NAME: bytes(data)})
    assert 160 < len(only(run, "loss")) < 200
    assert set(kinds(run, NAME)) == {IssueKind.DAMAGED}
    (record,) = run.files
    assert record.bytes_read + record.bytes_lost == record.bytes
    assert record.bytes_lost >= wb.BLOCK - 300


def test_what_a_crash_cut_is_told_and_the_rest_read(tmp_path: Path) -> None:
    data = wb.file([wb.history(step, loss=1.0) for step in range(5)])
    run = load(tmp_path, {NAME: data[:-20]})
    assert len(only(run, "loss")) == 4
    assert kinds(run, NAME) == [IssueKind.TRUNCATED]


def test_another_version_is_one_clear_line(tmp_path: Path) -> None:
    run = load(tmp_path, {NAME: b":W&B\xe1\xbe\x07" + bytes(100), "train.log": "step=1 loss=1\nstep=2 loss=2\n"})
    (issue,) = [issue for issue in run.issues if issue.file == NAME]
    assert issue.kind is IssueKind.MALFORMED
    assert "version 0" in issue.message


def test_arguments_and_commit_of_the_metadata_are_facts_and_who_ran_it_is_not(tmp_path: Path) -> None:
    said = '{"args": ["--lr=0.1"], "git": {"commit": "c0ffee"}, "host": "h", "email": "e", "username": "u"}'
    run = load(tmp_path, {"files/wandb-metadata.json": said})
    assert {(fact.key, fact.value) for fact in run.config} == {("lr", 0.1), ("wandb.git.commit", "c0ffee")}


def test_configuration_and_summary_beside_it_are_read(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {
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
    assert {record.path: record.reader for record in run.files}["files/output.log"] == "textlog"


@pytest.mark.parametrize(
    "deep",
    [
        pytest.param(b"".join(wb.field(2, "k") for _ in range(5_000)) + wb.field(16, "1"), id="keys"),
        pytest.param(wb.field(2, "k") + wb.field(16, '{"a":' * 900 + "1" + "}" * 900), id="value"),
    ],
)
def test_a_row_nested_without_end_costs_no_other(tmp_path: Path, deep: bytes) -> None:
    rows = [wb.field(2, wb.field(1, deep)), *(wb.history(step, loss=0.5) for step in (10, 20))]
    assert only(load(tmp_path, {NAME: wb.file(rows)}), "loss").steps.tolist() == [10, 20]
