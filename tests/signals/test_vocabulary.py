"""A name is a claim: what tags of known and unknown frameworks claim to be."""

from __future__ import annotations

import msgspec
import pytest

from forensics.signals.vocabulary import framework_of, meaning_of, vocabulary, words

CLAIMS = {
    "gradients/critic_nonfinite_count": "other",
    "gradients/actor_without_gradient_count": "other",
    "grads/zero_fraction": "other",
    "gradients/actor_cnn_norm": "gradient_norm network=actor module=cnn",
    "gradients/critic_mlp_norm": "gradient_norm network=critic module=mlp",
    "debug/actor_grad_norm_BEFORE_clip": "gradient_norm network=actor clip_stage=pre",
    "debug/critic_cnn_grad_norm_AFTER_clip": "gradient_norm network=critic module=cnn clip_stage=post",
    "debug/actor_grad_clip_ratio": "clip_coefficient network=actor",
    "train/actor_grad_norm": "gradient_norm network=actor",
    "losses/actor_encoder_grad_norm": "gradient_norm network=actor module=cnn",
    "ray/tune/info/learner/grad_gnorm": "gradient_norm network=none",
    "train/clip_fraction": "clip_fraction",
    "losses/clipfrac": "clip_fraction",
    "debug/actor_q_mean": "q_value role=policy statistic=mean",
    "train/policy_q_mean": "q_value role=policy statistic=mean",
    "train/q1_value": "q_value role=batch member=1",
    "debug/q2_max": "q_value role=batch member=2 statistic=max",
    "losses/qf1_values": "q_value role=batch member=1",
    "losses/qf1_loss": "loss network=critic member=1",
    "losses/td_loss": "loss network=critic",
    "debug/target_q_std": "q_value role=target statistic=std",
    "train/actor_loss": "loss network=actor",
    "train/critic_loss": "loss network=critic",
    "train/policy_gradient_loss": "loss network=actor",
    "train/value_loss": "loss network=value",
    "Loss/pi": "loss network=actor",
    "Loss/v": "loss network=value",
    "val_loss": "loss network=model role=validation",
    "Training Loss/epoch": "loss network=model role=train axis=epoch",
    "train/ent_coef": "entropy_coefficient",
    "train/ent_coef_loss": "loss network=temperature",
    "train/entropy_loss": "entropy name=negative",
    "train/explained_variance": "explained_variance",
    "train/approx_kl": "kl",
    "rollout/ep_rew_mean": "episodic_return role=train statistic=mean",
    "charts/episodic_return": "episodic_return role=train",
    "eval/mean_reward": "episodic_return role=evaluation",
    "ray/tune/episode_reward_max": "episodic_return statistic=max",
    "rollout/ep_len_mean": "episode_length role=train",
    "debug/reward_max": "reward role=batch statistic=max",
    "progress/current_reward": "reward role=train",
    "rewards/progress_component": "reward_component name=progress",
    "rewards/format_reward": "reward_component name=format",
    "rewards/mean_reward": "episodic_return statistic=mean",
    "rewards/episode_reward": "episodic_return",
    "perf/mean_return": "episodic_return statistic=mean",
    "perf/collection": "throughput",
    "eval/cost_return": "other",
    "return/cost": "other",
    "int_rew": "other",
    "reward_error": "other",
    "reward_threshold": "other",
    "train/target_return": "other",
    "evaluation/target_3600_return_mean": "episodic_return role=evaluation",
    "system/gpu.0.temperature": "other",
    "debug/action_steering_mean": "action name=steering statistic=mean",
    "train/policy_action_abs_mean": "action role=policy name=abs",
    "progress/speed_kmh": "motion name=speed",
    "agent/actor_cnn_param_std": "parameter network=actor module=cnn statistic=std",
    "train/target_critic_param_norm": "parameter network=critic role=target statistic=norm",
    "train/actor_update_ratio": "update_ratio network=actor",
    "agent/total_iterations": "update_count",
    "train/n_updates": "update_count",
    "progress/buffer_size": "buffer_size",
    "debug/effective_discount": "discount",
    "debug/done_ratio": "done_share",
    "train/exploration_noise": "exploration_noise",
    "charts/epsilon": "exploration_noise",
    "train/learning_rate": "learning_rate",
    "agent/actor_cnn_lr": "learning_rate network=actor module=cnn",
    "alerts/gradient_explosion_warning": "alert",
    "time/fps": "throughput",
    "ray/tune/sampler_perf/mean_action_processing_ms": "throughput",
    "train/collisions_per_episode": "other axis=episode",
    "losses/actor_q_values": "q_value role=policy",
    "losses/pi_q": "q_value role=policy",
    "losses/q_actor": "q_value role=policy",
    "losses/target_q_values": "q_value role=target",
    "losses/qf1_max": "q_value role=batch statistic=max member=1",
    "train/qf1": "q_value role=batch member=1",
    "losses/reward_max": "episodic_return statistic=max",
    "losses/actor_grad_norm_before": "gradient_norm network=actor clip_stage=pre",
    "losses/actor_grad_norm_after": "gradient_norm network=actor clip_stage=post",
    "Losses/policy": "loss network=actor",
    "losses/q1": "loss network=critic member=1",
    "Loss/box": "loss network=model",
    "gradients/actor_cnn": "gradient_norm network=actor module=cnn",
    "charts/gradient_steps": "update_count",
    "warnings/gradient_explosion": "alert",
    "train/actor_clip_coefficient": "clip_coefficient network=actor",
    "train/clip_coef": "other",
    "charts/noise": "exploration_noise",
    "train/reward_batch_max": "reward role=batch statistic=max",
    "weather": "other",
    "": "other",
    # skrl
    "Policy / Standard deviation": "policy_std",
    "Reward / Instantaneous reward (mean)": "reward role=train",
    "Reward / Total reward (mean)": "episodic_return role=train statistic=mean",
    "Episode / Total timesteps (mean)": "episode_length",
    "Q-network / Q1 (mean)": "q_value role=batch member=1",
    "Coefficient / Entropy coefficient": "entropy_coefficient",
    # Tianshou
    "train/lens_stat/mean": "episode_length role=train",
    "test/length": "episode_length role=evaluation",
    "training/lens_stat/mean": "episode_length role=train",
    "training/collect_speed": "throughput",
    "info/timing/train_time_update": "throughput",
    "info/update_step": "update_count",
    "update/critic1_loss": "loss network=critic member=1",
    "info/best_reward": "episodic_return statistic=max",
    # torchrl
    "train/loss_qvalue": "loss network=critic",
    "train/kl_approx": "kl name=policy",
    # d3rlpy
    "metrics/environment": "episodic_return role=evaluation",
    "metrics/temp": "entropy_coefficient",
    "metrics/time_algorithm_update": "throughput",
    # RLlib
    "ray/tune/learners/default_policy/mean_kl_loss": "kl",
    "ray/tune/learners/default_policy/curr_entropy_coeff": "entropy_coefficient",
    "ray/tune/learners/default_policy/vf_loss_unclipped": "loss network=value",
    # rsl_rl, rl_games, ML-Agents
    "Policy/mean_noise_std": "policy_std",
    "mean_action_noise_std": "policy_std",
    "mean_episode_rew_torques": "reward_component",
    "Episode_Reward/track_lin_vel_xy_exp": "reward_component",
    "losses/a_loss": "loss network=actor",
    "losses/c_loss": "loss network=value",
    "Policy/Epsilon": "other",
    "Environment/Cumulative Reward": "episodic_return role=train",
    # SpinningUp
    "AverageEpRet": "episodic_return statistic=mean",
    "AverageVVals": "state_value",
    "TotalEnvInteracts": "env_step_count",
    "DeltaLossPi": "other",
    # rsl_rl, rl_games, Isaac Lab
    "Loss/value_function": "loss network=value",
    "mean_value_function_loss": "loss network=value",
    "mean_entropy_loss": "entropy name=",
    "info/lr_mul": "other",
    "diagnostics/exp_var": "explained_variance",
    "Episode_Termination/time_out": "other",
    "Metrics/base_velocity/error_vel_xy": "other",
    # stable-baselines 2
    "loss/approximate_kullback-leibler": "kl name=policy",
    "loss/clip_factor": "clip_fraction",
    "input_info/rewards": "reward role=batch",
    "input_info/discounted_rewards": "other",
    "input_info/advantage": "advantage",
    "input_info/old_neglog_action_probabilty": "other",
    # verl and TRL
    "critic/score/mean": "episodic_return network=none",
    "critic/advantages/max": "advantage",
    "critic/returns/mean": "other",
    "critic/values/mean": "state_value",
    "critic/vf_loss": "loss network=critic",
    "train/rewards/format_reward": "reward_component",
    "train/frac_reward_zero_std": "other",
    "objective/non_score_reward": "other",
    "ppo/val/var_explained": "explained_variance",
    # what adds to a reward, and what a vehicle should do
    "reward_forward": "reward_component",
    "reward/collision": "reward_component",
    "speed_reward": "reward_component name=speed",
    "intrinsic_reward": "other",
    "Policy/Curiosity Reward": "other",
    "target_speed": "other",
    "mean_speed": "motion",
    "driving_score": "other",
    "reward_components/progress": "reward_component name=progress",
    "train/is_line_search_success": "other",
    "train/kl_divergence_loss": "kl",
    "losses/importance": "other",
    "replay/mean_reward": "reward role=batch",
    "Validation/Reward": "episodic_return role=evaluation",
    "reward_breakdown/lane_keeping/raw": "other",
    # DI-engine, Sample Factory, TF-Agents, jaxrl
    "evaluator_step/avg_envstep_per_episode": "episode_length role=evaluation",
    "len/len": "episode_length",
    "train/fraction_clipped": "clip_fraction",
    "Losses/entropy_regularization_loss": "entropy name=negative",
    "training/temp_loss": "loss network=temperature",
    "d4rl_normalized_score": "episodic_return role=evaluation",
    # garage
    "GaussianMLPPolicy/Entropy": "entropy",
    "GaussianMLPPolicy/LossAfter": "loss network=actor",
    "GaussianMLPPolicy/KLBefore": "other",
    "GaussianMLPPolicy/Perplexity": "other",
    "GaussianMLPValueFunction/LossAfter": "loss network=value",
    # PyMARL, Acme, PARL, the scripts of TD3
    "test_battle_won_mean": "success_rate role=evaluation",
    "learner_steps": "update_count",
    "e_greed": "exploration_noise",
    "evaluation_over_episodes": "episodic_return role=evaluation",
    # detectors of objects
    "coco/bbox_mAP": "accuracy role=validation",
    "metrics/mAP_0.5:0.95": "accuracy role=validation",
    "metrics/precision(B)": "accuracy role=validation",
    "segm/AP75": "accuracy role=validation",
    "val/mIoU": "accuracy role=validation",
    "x/lr0": "learning_rate",
    # own scripts
    "steps_done": "env_step_count",
    "train/Queue Length": "other",
    "eval/mean_length": "episode_length role=evaluation",
    "ε": "exploration_noise",
    "training/action_error": "other",
    "exploration/eps": "exploration_noise",
    "avg_reward_100": "episodic_return role=train",
    "evaluate/return": "episodic_return role=evaluation",
    # models without an agent
    "train/cross_entropy": "loss network=model role=train",
    "loss/test": "loss network=model role=validation",
    "eval/loss": "loss network=model role=validation",
    "val/f1_score": "accuracy role=validation",
    "eval/bleu_score": "other",
    "metrics/fid_score": "other",
    "train/ppl": "loss network=model",
    "train_acc_epoch": "accuracy axis=epoch",
    "loss/kl": "kl",
    "wasserstein_distance": "other",
    "grad_norm/generator": "gradient_norm network=model",
    # language models taught by rewards
    "policy/approxkl_avg": "kl name=policy",
    "objective/kl": "other",
    # RLlib's new stack
    "learners/default_policy/mean_kl_loss": "kl",
    "learners/default_policy/default_optimizer_learning_rate": "learning_rate",
    "env_runners/env_to_module_sum_episodes_length_in": "other",
    "env_runners/episode_duration_sec_mean": "throughput",
    "env_runners/num_env_steps_sampled_lifetime_throughput/throughput_since_last_reduce": "throughput",
    "env_runners/num_episodes_lifetime": "episode_count",
    # skrl logs what was drawn from its noise: only the largest says how much there is
    "Exploration / Exploration noise (max)": "exploration_noise statistic=max",
    "Exploration / Exploration noise (mean)": "other",
    "Coefficient / Return threshold": "other",
    # transformers
    "eval/samples_per_second": "throughput",
    "train_runtime": "throughput",
    # torchrl
    "train/clip_epsilon": "other",
    "train/epsilon": "exploration_noise",
    "r_training": "reward role=train statistic=mean",
    "train/rewards/chosen": "other",
}


@pytest.mark.parametrize(("tag", "claim"), CLAIMS.items())
def test_a_tag_claims(tag: str, claim: str) -> None:
    quantity, *fields = claim.split()
    meaning, _ = vocabulary().claim(tag)
    assert meaning.quantity == quantity
    for field in fields:
        name, _, value = field.partition("=")
        assert str(getattr(meaning, name)) == value, f"{tag}: {name}"


def test_words_part_camel_case_and_punctuation() -> None:
    assert words("Train/actorLoss_v2 (mean)") == "train actor loss v2 mean"


def test_a_name_of_a_megabyte_is_read_at_its_beginning_only() -> None:
    meaning, _ = vocabulary().claim("train/actor_loss " + "x" * 1_000_000)
    assert meaning.quantity == "loss"


def test_a_meaning_has_no_field_that_it_does_not_know() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        meaning_of({"quantity": "loss", "colour": "red"})
    with pytest.raises(msgspec.ValidationError):
        meaning_of({"quantity": "happiness"})


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (["rollout/ep_rew_mean", "time/fps", "train/loss"], "stable-baselines3"),
        (
            ["monitor/episode_reward", "monitor/episode_length", "eval/mean_reward", "eval/mean_ep_length"],
            "stable-baselines3",
        ),
        (["charts/SPS", "losses/qf1_loss"], "cleanrl"),
        (["ray/tune/episode_reward_mean"], "rllib"),
        (["time_this_iter_s", "iterations_since_restore", "env_runners/episode_return_mean"], "rllib"),
        (["time_this_iter_s", "iterations_since_restore", "time_since_restore", "loss"], "ray-tune"),
        (["Reward / Total reward (mean)", "Loss / Policy loss"], "skrl"),
        (["optim_steps", "r_training", "loss_objective"], "torchrl"),
        (["train/loss_objective", "train/loss_critic", "train/lr"], "torchrl"),
    ],
)
def test_a_framework_is_known_by_its_tags(tags: list[str], name: str) -> None:
    framework = framework_of(tags)
    assert framework is not None
    assert framework.name == name


def test_what_a_framework_means_by_a_tag_goes_before_its_words() -> None:
    tianshou = framework_of(["info/epoch", "info/best_score", "training/env_step"])
    d3rlpy = framework_of(["metrics/time_step", "metrics/time_algorithm_update", "metrics/critic_loss"])
    assert tianshou is not None
    assert d3rlpy is not None
    assert tianshou.reading("update/ent_loss/mean") == {
        "quantity": "entropy",
        "unit": "nats",
    }  # neither negative nor weighted
    assert tianshou.reading("update/smoothed_loss/gradient_steps") == {"quantity": "other"}
    assert tianshou.reading("update/vf_loss/mean") is None
    assert d3rlpy.reading("metrics/init_value") == {"quantity": "q_value", "role": "policy", "statistic": "mean"}
    assert d3rlpy.reading("critic_loss") == {"quantity": "other"}  # what add_hparams repeats beside the hyperparameters


def test_tags_of_nobody_belong_to_no_framework() -> None:
    assert framework_of(["loss", "reward", "train/actor_loss"]) is None
