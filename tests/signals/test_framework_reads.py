"""Tags whose words mean something of their own in one framework."""

from __future__ import annotations

import pytest

from forensics.model.evidence import Run
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.interpret import interpret
from tests.builders import series


def _meanings(*tags: str) -> dict[str, tuple[Quantity, Role, Network]]:
    run = Run(name="run", path="run", series=tuple(series(tag, range(12)) for tag in tags))
    return {
        signal.series.tag: (signal.meaning.quantity, signal.meaning.role, signal.meaning.network)
        for signal in interpret(run).signals
    }


def test_the_reward_of_every_step_stands_beside_the_return_in_rlkit() -> None:
    read = _meanings("expl/Rewards Mean", "expl/Returns Mean", "eval/Rewards Max", "eval/Returns Max")
    assert [quantity for quantity, _, _ in read.values()] == [
        Quantity.REWARD, Quantity.EPISODIC_RETURN, Quantity.REWARD, Quantity.EPISODIC_RETURN,
    ]  # fmt: skip


def test_rllab_logs_the_perplexity_of_the_policy_and_its_loss_around_the_update() -> None:
    read = _meanings("AverageDiscountedReturn", "AverageReturn", "Perplexity", "LossBefore", "LossAfter", "dLoss")
    assert read["Perplexity"][0] is Quantity.OTHER
    assert read["LossBefore"][0] is Quantity.OTHER
    assert read["dLoss"][0] is Quantity.OTHER
    assert (read["LossAfter"][0], read["LossAfter"][2]) == (Quantity.LOSS, Network.ACTOR)


@pytest.mark.parametrize("beside", ["eval/loss", "train_loss"])
def test_perplexity_is_a_loss_elsewhere(beside: str) -> None:
    assert _meanings("Perplexity", beside)["Perplexity"][0] is Quantity.LOSS


def test_the_columns_of_the_evaluator_of_elegantrl() -> None:
    read = _meanings("avgR", "stdR", "avgS", "expR", "objC", "objA")
    assert read["avgR"][:2] == (Quantity.EPISODIC_RETURN, Role.EVALUATION)
    assert read["avgS"][:2] == (Quantity.EPISODE_LENGTH, Role.EVALUATION)
    assert read["expR"][:2] == (Quantity.REWARD, Role.TRAIN)
    assert (read["objC"][0], read["objC"][2]) == (Quantity.LOSS, Network.NONE)
    assert read["objA"][0] is Quantity.OTHER


def test_keras_rl_logs_the_mean_reward_of_a_step() -> None:
    read = _meanings("episode_reward", "mean_reward", "mean_action", "mean_q", "loss")
    assert read["mean_reward"][:2] == (Quantity.REWARD, Role.TRAIN)
    assert read["episode_reward"][0] is Quantity.EPISODIC_RETURN
    own = _meanings("episode_reward", "mean_reward", "mean_q", "loss")  # a script's own running mean
    assert own["mean_reward"][0] is Quantity.EPISODIC_RETURN
