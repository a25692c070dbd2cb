"""Lines that language-model and vision trainers print: bars, indented columns, steps without a word for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.model.evidence import Run
from forensics.safety.limits import Limits
from tests.readers.run_files import load, only


def logged(tmp_path: Path, text: str) -> Run:
    return load(tmp_path, {"train.log": text})


def bar(step: int) -> str:
    return f"\r{step:3d}%|{'#' * (step // 10):10s}| {step}/100 [00:01<00:09,  9.52it/s, loss={3 - step / 50:.2f}]"


def test_a_bar_is_read_once_a_step(tmp_path: Path) -> None:
    run = logged(tmp_path, "".join(bar(step) * 2 for step in range(0, 101, 10)) + "\n")
    assert only(run, "loss").steps.tolist() == list(range(0, 101, 10))
    assert only(run, "loss").values.tolist() == pytest.approx([3 - step / 50 for step in range(0, 101, 10)])
    assert len(run.series) == 1


def test_a_line_of_many_bars_is_read_to_its_end(tmp_path: Path) -> None:
    steps = range(3000)
    text = "".join(f"\r {step // 30}%|####  | {step}/3000 [00:01<00:09, loss={step}.5]" * 2 for step in steps)
    run = logged(tmp_path, f"{text}\ndone\n")
    assert len(text) > 2 * Limits().line_bytes
    assert only(run, "loss").steps.tolist() == list(steps)
    assert only(run, "loss").values.tolist() == [step + 0.5 for step in steps]
    assert [record.message for record in run.logs][-1] == "done"
    assert run.issues == ()


def test_the_step_that_is_named_in_a_bar_goes_before_its_count(tmp_path: Path) -> None:
    bars = (f"\rEpoch 0:  1%|#| {k}/9 [00:01<00:09, loss={k}.5, global_step={100 * k}.0]" for k in range(1, 4))
    assert only(logged(tmp_path, "".join(bars) + "\n"), "loss").steps.tolist() == [100, 200, 300]


def test_columns_of_megatron_are_records_though_they_are_indented(tmp_path: Path) -> None:
    line = " [2026-11-23 09:00:0{k}] iteration {k:8d}/     9 | learning rate: 3.0E-04 | lm loss: {k}.5E+00 |\n"
    held_out = "-----------\n validation loss at iteration {k} | lm loss value: {k}.7E+00 | \n-----------\n"
    text = "".join(line.format(k=k) + held_out.format(k=k) for k in range(1, 4))
    run = logged(tmp_path, text)
    assert only(run, "lm_loss").steps.tolist() == [1, 2, 3]
    assert only(run, "lm_loss").values.tolist() == [1.5, 2.5, 3.5]
    assert only(run, "validation/lm_loss_value").values.tolist() == [1.7, 2.7, 3.7]
    assert {series.tag for series in run.series} == {"lm_loss", "learning_rate", "validation/lm_loss_value"}


def test_numbers_of_a_line_about_the_test_set_are_of_the_test_set(tmp_path: Path) -> None:
    epoch = "Train Epoch: {k} [0/60000 (0%)]\tLoss: 0.{k}\n\nTest set: Average loss: 0.9{k}, Accuracy: 90/100 (90%)\n"
    run = logged(tmp_path, "".join(epoch.format(k=k) for k in range(1, 4)))
    assert only(run, "loss").values.tolist() == [0.1, 0.2, 0.3]
    assert only(run, "test/average_loss").values.tolist() == [0.91, 0.92, 0.93]


@pytest.mark.parametrize(
    "line",
    [
        "[{k}00] learning_rate=0.1, loss={k}.5",
        "[{k}00] model_loss 0.1 / loss {k}.5 / fps 12.0",
        "Epoch(train) [{k}00][ 50/2000]  lr: 2.0e-02  eta: 1:23:45  loss: {k}.5  loss_cls: 0.1",
        "Train: {k}00 [  50/1251 (  4%)]  Loss: {k}.5 (6.92)  Time: 0.345s,  741.37/s",
        "Epoch: [{k}00][ 10/391]\tTime  0.312 ( 0.345)\tLoss {k}.5e+00 (6.9e+00)",
        "INFO step={k}00 tokens/s=15234 loss={k}.5",
    ],
)
def test_the_step_and_the_loss_of_a_line(tmp_path: Path, line: str) -> None:
    loss = only(logged(tmp_path, "".join(line.format(k=k) + "\n" for k in range(1, 4))), "loss")
    assert loss.steps.tolist() == [100, 200, 300]
    assert loss.values.tolist() == [1.5, 2.5, 3.5]


def test_a_rate_is_no_counter(tmp_path: Path) -> None:
    run = logged(tmp_path, "step=1 tokens/s=100\nstep=2 tokens/s=110\n")
    assert only(run, "tokens/s").values.tolist() == [100, 110]


def test_an_evaluation_of_stable_baselines3_stands_at_its_timesteps(tmp_path: Path) -> None:
    text = "".join(f"Eval num_timesteps={k}000, episode_reward={k}.5 +/- 1.2\nEpisode length: 200\n" for k in (1, 2))
    assert only(logged(tmp_path, text), "eval/episode_reward").steps.tolist() == [1000, 2000]
