"""What is told of an update: measured on the batch, under names the recorder declares."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch

from forensics.model.meaning import Axis
from forensics.recorder.catalogue import declare
from tests.trainer.test_td3 import agent, batch
from trainer.loop import Progress
from trainer.progress import ProgressBar
from trainer.telemetry import step_values, update_values


def test_the_effective_discount_is_that_of_one_step_whatever_the_return_sums() -> None:
    given = batch()
    three = replace(given, steps=torch.full((8,), 3.0), discount=torch.full((8,), 0.9**3))
    assert float(update_values({}, three, 0.1, 5)["replay/effective_discount"]) == pytest.approx(0.9)
    half = replace(given, discount=torch.tensor([0.9, 0.0] * 4), done=torch.tensor([0.0, 1.0] * 4))
    values = update_values({}, half, 0.1, 5)
    assert float(values["replay/effective_discount"]) == pytest.approx(0.45)
    assert float(values["replay/done_share"]) == 0.5


def test_losses_and_q_values_are_told_under_tags_whose_meaning_is_declared() -> None:
    values = update_values(agent(policy_delay=1).update(batch()), batch(), 0.1, 5)
    losses = {tag for tag in values if tag.startswith("losses/") and tag != "losses/td_error"}
    assert losses == {"losses/critic_loss", "losses/q1_loss", "losses/q2_loss", "losses/actor_loss"}
    q_values = {f"{tag}_mean" for tag in values if tag.startswith("q_values/")}
    assert {"q_values/q1_mean", "q_values/policy_q_mean", "q_values/target_q_mean"} <= q_values
    for tag in losses | q_values:
        assert declare(tag, Axis.ENV_STEP)["quantity"] in ("loss", "q_value"), tag


def test_a_step_tells_its_reward_and_the_speed_where_the_environment_does() -> None:
    assert step_values(0.5, {"speed": 6}) == {"environment/reward": 0.5, "environment/speed": 6.0}
    assert step_values(-1.0, {"travelled": 3.0}) == {"environment/reward": -1.0}


def test_the_values_of_a_step_are_declared_as_its_reward_and_its_motion() -> None:
    reward, speed = (declare(tag, Axis.ENV_STEP) for tag in step_values(0.5, {"speed": 6.0}))
    assert (reward["quantity"], speed["quantity"]) == ("reward", "motion")
    for declared in (reward, speed):
        assert (declared["aggregation"], declared["axis"]) == ("instant", "env_step")
        assert declared.get("statistic", "value") == "value"


def test_the_progress_line_shows_q_under_the_policy_beside_q_on_the_batch() -> None:
    metrics = {"critic_loss": torch.tensor(0.5), "policy_q": torch.tensor([3.0, 5.0]), "q1": torch.tensor([2.0])}
    said = ProgressBar(10).describe(Progress(5, 3, 1, 7.25, None, metrics))
    assert said.endswith("return 7.2, critic loss 0.5, Q of policy 4, Q of batch 2")
