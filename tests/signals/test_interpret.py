"""Interpretation as a whole: claims, what the manifest and the user say, and the algorithm."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.errors import UsageError
from forensics.model.evidence import ConfigFact, Run
from forensics.model.meaning import Aggregation, Axis, ClipStage, Network, Quantity, Role, Standing
from forensics.signals.interpret import interpret
from tests.builders import series


def _run(*tags: str, **fields: object) -> Run:
    return Run(name="run", path="run", series=tuple(series(tag, range(12)) for tag in tags), **fields)  # type: ignore[arg-type]


def test_what_a_name_says_is_a_claim_with_its_reason() -> None:
    (signal,) = interpret(_run("train/actor_loss")).signals
    assert signal.standing["quantity"] is Standing.CLAIMED
    assert signal.standing["network"] is Standing.CLAIMED
    assert "train/actor_loss" in signal.how["network"]


def test_the_manifest_goes_over_the_name() -> None:
    declared = {"quantity": "gradient_norm", "clip_stage": "pre", "nonsense": "x", "network": "no such network"}
    run = Run(name="r", path="r", series=(series("weather", range(12), declared=declared),))
    (signal,) = interpret(run).signals
    assert signal.meaning.quantity is Quantity.GRADIENT_NORM
    assert signal.meaning.clip_stage is ClipStage.PRE
    assert signal.how["clip_stage"] == "declared beside the data"


def test_the_user_has_the_last_word() -> None:
    signals = interpret(_run("weather"), {"weather": {"quantity": "loss", "network": "critic"}})
    assert signals.signals[0].meaning.network is Network.CRITIC
    assert signals.signals[0].is_established("quantity")


def test_a_meaning_that_cannot_be_read_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="weather"):
        interpret(_run("weather"), {"weather": {"quantity": "rain"}})


def test_tags_of_stable_baselines3_are_window_means_at_environment_steps() -> None:
    signals = interpret(_run("rollout/ep_rew_mean", "time/fps"))
    assert signals.framework == "stable-baselines3"
    assert signals.signals[0].meaning.aggregation is Aggregation.WINDOW_MEAN
    assert signals.signals[0].meaning.axis is Axis.ENV_STEP


@pytest.mark.parametrize(
    ("tags", "algorithm"),
    [
        (["train/actor_loss", "train/critic_loss", "train/q1"], "td3"),
        (["train/actor_loss", "train/critic_loss"], ""),
        (["train/actor_loss", "train/critic_loss", "train/ent_coef"], "sac"),
        (["train/policy_gradient_loss", "train/approx_kl"], "ppo"),
        (["loss/kl", "loss/policy", "loss/value"], "ppo"),
        (["loss/kl", "loss/recon"], ""),
        (["loss"], ""),
    ],
)
def test_the_algorithm_is_known_by_what_only_it_logs(tags: list[str], algorithm: str) -> None:
    assert interpret(_run(*tags)).algorithm == algorithm


@pytest.mark.parametrize(
    ("key", "value", "file", "algorithm"),
    [("train.algo", "DDPG", "config.yaml", "ddpg"), ("config.type", "iql", "d3rlpy_logs/run/params.json", "iql")],
)
def test_the_configuration_names_the_algorithm(key: str, value: str, file: str, algorithm: str) -> None:
    config = (ConfigFact(key=key, value=value, file=file),)
    assert interpret(_run("train/actor_loss", "train/critic_loss", config=config)).algorithm == algorithm


def test_add_scalars_puts_the_curve_into_the_directory() -> None:
    run = Run(
        name="run",
        path="run",
        series=tuple(series("q", [1.0, 2.0], id=f"q_{curve}/q") for curve in ("q1", "q2", "target")),
    )
    first, second, target = interpret(run).signals
    assert (first.meaning.member, second.meaning.member) == (1, 2)
    assert target.meaning.role is Role.TARGET


def test_keras_writes_one_tag_to_train_and_validation() -> None:
    run = Run(
        name="run",
        path="run",
        series=tuple(series("epoch_loss", [1.0, 2.0], id=f"{folder}/epoch_loss") for folder in ("train", "validation")),
    )
    signals = interpret(run)
    assert [one.meaning.role for one in signals.signals] == [Role.TRAIN, Role.VALIDATION]
    assert len(signals.select(Quantity.LOSS)) == 2


def test_a_directory_that_holds_the_whole_run_says_nothing_of_its_tags() -> None:
    run = Run(name="run", path="run", series=(series("reward", [1.0, 2.0], id="test/reward"),))
    assert interpret(run).signals[0].meaning.role is Role.TRAIN


def test_seeds_in_directories_of_their_own_are_one_signal() -> None:
    run = Run(
        name="run",
        path="run",
        series=tuple(series("reward", np.arange(seed + 2), id=f"seed_{seed}/reward") for seed in range(3)),
    )
    chosen = interpret(run).select(Quantity.EPISODIC_RETURN)
    assert [len(one) for one in chosen] == [4]


def test_lightning_logs_epochs_at_optimizer_steps() -> None:
    signals = interpret(_run("epoch", "train_loss_epoch", "val_loss"))
    assert {one.meaning.axis for one in signals.signals} == {Axis.UPDATE}


def test_the_script_of_cleanrl_names_the_algorithm() -> None:
    config = (ConfigFact(key="exp_name", value="ddpg_continuous_action", file="events"),)
    assert interpret(_run("losses/actor_loss", config=config)).algorithm == "ddpg"


def test_what_was_written_past_the_logger_at_every_step_is_no_mean_over_its_windows() -> None:
    dumped = [series(tag, np.ones(10), np.arange(10) * 200) for tag in ("time/fps", "rollout/ep_rew_mean", "extra/x")]
    dense = series("environment/step_reward", np.ones(2000), np.arange(2000))
    read = {signal.tag: signal for signal in interpret(Run(name="r", path="r", series=(*dumped, dense))).signals}
    assert read["extra/x"].meaning.aggregation is Aggregation.WINDOW_MEAN
    assert read["environment/step_reward"].meaning.aggregation is Aggregation.UNKNOWN


def test_the_end_of_a_trial_of_tune_is_no_end_of_an_episode() -> None:
    for tags in (("ray/tune/done", "ray/tune/loss"), ("done", "time_this_iter_s", "iterations_since_restore")):
        read = interpret(_run(*tags, "time_since_restore"))
        assert read.signals[0].tag == tags[0]
        assert not read.select(Quantity.DONE_SHARE)
    agent = Run(name="run", path="run", series=(series("done", np.zeros(12)), series("loss", range(12))))
    assert interpret(agent).select(Quantity.DONE_SHARE)


def test_steps_of_tune_are_environment_steps_where_it_is_told_their_total() -> None:
    told = interpret(_run("ray/tune/episode_reward_mean", "ray/tune/timesteps_total")).signals
    assert {signal.meaning.axis for signal in told} == {Axis.ENV_STEP}
    (untold,) = interpret(_run("ray/tune/env_runners/episode_return_mean")).signals
    assert untold.meaning.axis is Axis.UNKNOWN


def test_steps_that_but_number_what_was_written_are_on_no_axis_of_a_framework() -> None:
    counted = {"counts": "records"}
    tags = ("epoch", "train_loss", "val_loss")
    run = Run(name="run", path="run", series=tuple(series(tag, range(12), declared=counted) for tag in tags))
    read = {signal.tag: signal for signal in interpret(run).signals}
    assert "axis" not in read["train_loss"].standing
