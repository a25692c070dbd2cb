"""d3rlpy's files: one metric each, offline at gradient updates."""

from __future__ import annotations

from pathlib import Path

from forensics.model.meaning import Axis, Quantity, Role
from forensics.signals.interpret import interpret
from tests.readers.run_files import load, only

ROWS = "1,1000,0.5\n2,2000,0.25\n3,3000,nan\n"
OFFLINE: dict[str, str | bytes] = {
    f"{name}.csv": ROWS for name in ("critic_loss", "environment", "value_scale", "time_step")
}


def test_an_offline_run_is_read_at_updates(tmp_path: Path) -> None:
    run = load(tmp_path, OFFLINE | {"params.json": '{"algorithm": "TD3", "gamma": 0.99}'})
    loss = only(run, "critic_loss")
    assert loss.steps.tolist() == [1000, 2000, 3000]
    assert loss.updates is not None
    assert loss.updates.tolist() == loss.steps.tolist()
    assert loss.declared == {"axis": "update", "aggregation": "window_mean"}
    assert loss.source == "csv:critic_loss.csv"
    assert {fact.key: fact.value for fact in run.config}["algorithm"] == "TD3"


def test_scorers_are_read_for_what_they_measure(tmp_path: Path) -> None:
    signals = interpret(load(tmp_path, OFFLINE))
    (returns,) = signals.select(Quantity.EPISODIC_RETURN, role=Role.EVALUATION)
    (value,) = signals.select(Quantity.Q_VALUE, role=Role.POLICY)
    assert (returns.tag, value.tag) == ("environment", "value_scale")
    assert returns.meaning.axis is Axis.UPDATE
    assert signals.select(Quantity.UPDATE_COUNT) == []


def test_the_alpha_of_a_conservative_critic_is_no_temperature(tmp_path: Path) -> None:
    signals = interpret(load(tmp_path, OFFLINE | {"alpha.csv": ROWS, "temp.csv": ROWS}))
    assert [one.tag for one in signals.select(Quantity.ENTROPY_COEFFICIENT)] == ["temp"]


def test_an_online_run_is_read_at_environment_steps(tmp_path: Path) -> None:
    run = load(tmp_path, OFFLINE | {"time_environment_step.csv": ROWS})
    assert only(run, "critic_loss").declared == {"axis": "env_step", "aggregation": "window_mean"}


def test_a_like_file_of_another_writer_claims_nothing(tmp_path: Path) -> None:
    run = load(tmp_path, {"environment.csv": ROWS})
    assert only(run, "environment").declared is None


def test_a_table_of_larger_epochs_than_steps_is_not_of_this_layout(tmp_path: Path) -> None:
    run = load(tmp_path, {"data.csv": "9,1,0.5\n10,2,0.5\n11,3,0.5\n"})
    assert {series.tag for series in run.series} == {"data/1", "data/2"}


def test_gradients_of_different_tensors_are_told_apart(tmp_path: Path) -> None:
    header = "epoch,step,min,max,mean,std\n"
    small, large = header + "1,100,-1,1,0,0.5\n", header + "1,100,-9,9,0,4.5\n"
    run = load(tmp_path, OFFLINE | {"policy._fc.bias_grad.csv": small, "q_funcs.0._fc.bias_grad.csv": large})
    deviation = only(run, "q_funcs.0._fc.bias_grad/std")
    assert (deviation.steps.tolist(), deviation.values.tolist()) == ([100], [4.5])
    assert only(run, "policy._fc.bias_grad/max").values.tolist() == [1.0]
    assert interpret(run).select(Quantity.GRADIENT_NORM) == []
    assert interpret(run).select(Quantity.EPOCH) == []
