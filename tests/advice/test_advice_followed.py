"""Following the advice supplies what it says: the block runs in a loop, and the analyzer reads what was missing."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tensorboard")

from forensics.advice.block import compose, measurable
from forensics.advice.measurements import table
from forensics.pipeline import analyze, load_run
from forensics.signals.interpret import interpret
from tests.advice import loops

LOOPS: dict[str, Callable[[str, Path, str], None]] = {
    "actor-critic": loops.actor_critic,
    "policy-gradient": loops.policy_gradient,
    "q-learning": loops.q_learning,
    "model": loops.model,
}
RECORD = {  # what the comments of a block say to call at a cadence
    ("pytorch", "actor-critic"): "record_evidence(observations, actions, rewards, dones, "
    "{'critic': critic_loss, 'actor': actor_loss})",
    ("pytorch", "policy-gradient"): "record_evidence(rollout, {'policy': policy_loss, 'value': value_loss})",
    ("pytorch", "q-learning"): "record_evidence(observations, actions, rewards, dones)",
    ("pytorch", "model"): "record_evidence(loss)",
    ("cleanrl", "q-learning"): "record_evidence(data)",
    ("recorder", "actor-critic"): "",
    ("recorder", "policy-gradient"): "",
    ("recorder", "model"): "",
}


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    random.seed(0)


def followed(framework: str, learner: str, wanted: list[str], folder: Path) -> Path:
    LOOPS[learner](compose(framework, learner, wanted).code, folder, RECORD[framework, learner])
    return folder


@pytest.mark.parametrize(("framework", "learner"), RECORD)
def test_a_block_logs_what_each_measurement_promises(framework: str, learner: str, tmp_path: Path) -> None:
    wanted = [name for name in table().measurement if name in measurable(framework, learner)]
    signals = interpret(load_run(followed(framework, learner, wanted, tmp_path / "run")))
    unread = [name for name in wanted if not table().measurement[name].is_logged(signals)]
    assert unread == []


def test_what_was_not_examined_is_examined_in_the_next_run(tmp_path: Path) -> None:
    before = analyze(followed("pytorch", "model", ["losses"], tmp_path / "before"))
    advice = before.coverage.advice
    assert advice is not None
    assert (advice.framework, advice.learner) == ("pytorch", "model")
    loops.model(advice.block, tmp_path / "after", RECORD["pytorch", "model"])
    after = analyze(tmp_path / "after")
    could_not = {item.detector for item in before.coverage.not_examined}
    still = could_not & {item.detector for item in after.coverage.not_examined}
    named = {code for item in advice.measurements for code in item.observations}
    assert {"GRD101", "GRD105", "GRD106", "GRD108", "GRD110", "GRD112", "GRD116"} <= named - still
    assert after.coverage.examined > before.coverage.examined + 12


def test_the_callback_of_stable_baselines3_records_what_td3_keeps_to_itself(tmp_path: Path) -> None:
    stable_baselines3 = pytest.importorskip("stable_baselines3")
    gymnasium = pytest.importorskip("gymnasium")
    wanted = [name for name in table().measurement if name in measurable("stable-baselines3", "actor-critic")]
    environments = [stable_baselines3.common.monitor.Monitor(gymnasium.make("Pendulum-v1")) for _ in range(2)]
    scope = {"eval_env": environments[1], "__name__": "advised"}
    code = compose("stable-baselines3", "actor-critic", wanted).code.replace("eval_freq=2_000", "eval_freq=200")
    exec(compile(code, "block", "exec"), scope)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agent = stable_baselines3.SAC(
            "MlpPolicy", environments[0], seed=0, learning_starts=100, batch_size=32, tensorboard_log=str(tmp_path)
        )
        agent.learn(600, callback=scope["callbacks"], log_interval=1)
    signals = interpret(load_run(tmp_path))
    assert (signals.framework, signals.algorithm) == ("stable-baselines3", "sac")
    unread = {name for name in wanted if not table().measurement[name].is_logged(signals)}
    assert unread == {"feature-norm", "exploration-noise"}  # SAC on a vector has no encoder and adds no noise
