"""Advice is in the run's own framework and for its own kind of learner, what decides most first."""

from __future__ import annotations

import re

import numpy as np
import pytest

from forensics.advice.advise import advice, dialect, with_own_lines
from forensics.advice.block import frameworks
from forensics.advice.measurements import table
from forensics.detectors.registry import detectors, examine
from forensics.model.diagnosis import Advice
from forensics.model.evidence import ConfigFact, Manifest, Run
from forensics.model.finding import Finding, Status
from forensics.signals.interpret import interpret
from forensics.signals.signals import Signals
from tests.builders import series

SB3 = ["time/fps", "time/total_timesteps", "rollout/ep_rew_mean", "rollout/ep_len_mean", "train/learning_rate"]
TD3 = [*SB3, "train/actor_loss", "train/critic_loss"]
PPO = [*SB3, "train/clip_fraction", "train/approx_kl", "train/value_loss", "train/policy_gradient_loss"]
MODEL = ["train/loss", "val/loss", "learning_rate"]


def run_of(tags: list[str]) -> Signals:
    values = np.linspace(1.0, 2.0, 30)
    return interpret(Run(name="r", path="r", series=tuple(series(tag, values) for tag in tags)))


def told(signals: Signals, teaches: dict[str, float] | None = None) -> tuple[dict[str, Finding], Advice]:
    findings = with_own_lines(examine(signals), signals)
    found = advice(findings, signals, teaches or {})
    assert found is not None
    return {finding.name: finding for finding in findings}, found


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (TD3, ("stable-baselines3", "actor-critic")),
        (PPO, ("stable-baselines3", "policy-gradient")),
        ([*SB3, "rollout/exploration_rate", "train/loss"], ("stable-baselines3", "q-learning")),
        (["charts/SPS", "charts/episodic_return", "losses/qf1_loss", "losses/actor_loss"], ("cleanrl", "actor-critic")),
        (MODEL, ("pytorch", "model")),
        (["epoch", "train_loss", "val_loss"], ("pytorch-lightning", "model")),
        (["episode/reward", "my/critic_loss", "my/actor_loss", "q1_mean"], ("pytorch", "actor-critic")),
    ],
)
def test_framework_and_learner_are_those_of_the_run(tags: list[str], expected: tuple[str, str]) -> None:
    assert dialect(run_of(tags)) == expected


@pytest.mark.parametrize(
    ("keys", "learner"),
    [
        (["lr", "agent.epsilon_decay", "tau"], "q-learning"),
        (["lr", "gae_lambda"], "policy-gradient"),
        (["lr", "policy_noise"], "actor-critic"),
        (["lr", "gamma"], "actor-critic"),
        (["epsilon_decay", "gae_lambda"], "actor-critic"),
    ],
)
def test_where_only_returns_are_logged_the_settings_tell_the_learner(keys: list[str], learner: str) -> None:
    config = tuple(ConfigFact(key=key, value=0.1, file="config.yaml") for key in keys)
    run = Run(name="r", path="r", series=(series("reward", np.linspace(1.0, 2.0, 30)),), config=config)
    assert dialect(interpret(run)) == ("pytorch", learner)


def test_a_step_that_a_table_names_is_no_sign_of_the_recorder() -> None:
    loss = series("train/loss", np.linspace(2.0, 1.0, 30), declared={"axis": "epoch"})
    assert dialect(interpret(Run(name="r", path="r", series=(loss,)))) == ("pytorch", "model")
    recorded = Manifest(file="manifest.json", metrics={"train/loss": {"quantity": "loss"}})
    assert dialect(interpret(Run(name="r", path="r", series=(loss,), manifest=recorded)))[0] == "recorder"


def test_a_model_hears_of_no_actor_and_is_asked_for_no_episodes() -> None:
    findings, found = told(run_of(MODEL))
    assert "model" in findings["zero-gradient"].how_to_log + found.block
    assert not any(word in found.block for word in ("actor", "critic", "policy"))
    assert findings["return-rises"].how_to_log == ""
    assert not {"episodes", "policy-q"} & {item.name for item in found.measurements}


def test_ppo_hears_of_policy_and_value() -> None:
    _, found = told(run_of(PPO))
    assert '"policy"' in found.block
    assert '"value"' in found.block
    assert not re.search(r"\b(actor|critic)\b", found.block)


def test_what_tells_most_comes_first_in_the_list_and_in_the_block() -> None:
    names = [
        item.name
        for item in told(run_of(TD3), {"target-gradient-nonzero": 0.5, "observation-range": 0.2})[1].measurements
    ]
    assert names[:2] == ["target-gradients", "observations"]
    names = [
        item.name
        for item in told(run_of(TD3), {"target-gradient-nonzero": 0.2, "observation-range": 0.5})[1].measurements
    ]
    assert names[:2] == ["observations", "target-gradients"]
    assert names[2] == "gradient-norms"  # of what tells nothing now, what most observations want for


def test_what_is_logged_is_not_asked_for_again() -> None:
    signals = run_of([*TD3, "replay/buffer_size"])
    assert "replay-size" not in {item.name for item in told(signals)[1].measurements}
    assert "replay-size" in {item.name for item in told(run_of(TD3))[1].measurements}


def test_lines_are_where_the_advice_says_and_belong_to_who_lacks_them() -> None:
    findings, found = told(run_of(TD3))
    by_code = {finding.code: finding for finding in findings.values()}
    rows = found.block.splitlines()
    for item in found.measurements:
        shown = "\n".join(row.strip() for first, last in item.lines for row in rows[first - 1 : last] if row.strip())
        assert shown == "\n".join(line.strip() for line in item.code.splitlines() if line.strip())
        for code in item.observations:
            assert item.code in by_code[code].how_to_log


def test_td3_is_not_asked_for_the_spread_of_a_policy_that_has_none() -> None:
    assert "policy-spread" not in {item.name for item in told(run_of(TD3))[1].measurements}


DQN = ["charts/SPS", "charts/episodic_return", "losses/td_loss", "losses/q_values", "charts/epsilon"]


@pytest.mark.parametrize(
    ("tags", "never"),
    [
        (MODEL, {"constant-policy", "target-stands-still", "exploration-config-zero", "replay-small", "q-diverges"}),
        (DQN, {"actor-loss-not-minus-q", "action-saturation", "kl-too-large", "twin-critics-apart"}),
        (PPO, {"target-stands-still", "replay-small", "policy-q-off-batch-q", "exploration-config-zero"}),
    ],
)
def test_nothing_is_to_be_logged_for_a_part_that_the_learner_does_not_have(tags: list[str], never: set[str]) -> None:
    findings, found = told(run_of(tags))
    assert {findings[name].status for name in never} == {Status.NOT_APPLICABLE}
    assert {findings[name].how_to_log for name in never} == {""}
    asked = {code for item in found.measurements for code in item.observations}
    assert not asked & {findings[name].code for name in never}


def test_what_a_learner_never_shows_is_an_observation_that_exists() -> None:
    names = {detector.meta.name for detector in detectors()}
    assert {name for listed in table().never.values() for name in listed} <= names
    assert set(table().never) == {learner for learners in frameworks().values() for learner in learners}
