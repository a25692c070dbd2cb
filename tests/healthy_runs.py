"""Healthy runs of many kinds as series: built from code, with the noise, gaps and window means of real logs.

Each builder returns the tags of one run with (steps, values). None has a fault; each has something that looks like
one (fault-catalogue, "Normal things that look like faults").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import ConfigFact, Run, Series
from tests.builders import series

Array = NDArray[np.float64]
Tags = dict[str, tuple[Array, Array]]
Build = Callable[[np.random.Generator], Tags]

HEALTHY: dict[str, Build] = {}
CONFIG: dict[str, dict[str, Any]] = {}


def healthy(**config: Any) -> Callable[[Build], Build]:
    """Enter a builder in the table of healthy runs, with the configuration that was logged beside it."""

    def enter(build: Build) -> Build:
        name = build.__name__.replace("_", "-")
        HEALTHY[name] = build
        CONFIG[name] = config
        return build

    return enter


def run_of(name: str, seed: int = 0) -> Run:
    """Return the healthy run of this name, its event file written at a steady pace."""
    tags = HEALTHY[name](np.random.default_rng([seed, len(name)]))
    last = max(float(steps.max()) for steps, _ in tags.values())
    return Run(
        name=name,
        path=name,
        series=tuple(_series(tag, steps, values, last) for tag, (steps, values) in sorted(tags.items())),
        config=tuple(ConfigFact(key=key, value=value, file="config.yaml") for key, value in CONFIG[name].items()),
    )


def _series(tag: str, steps: Array, values: Array, last: float) -> Series:
    episodic = last > 50 * float(steps.max())  # a step that counts episodes covers the same hours
    pace = 3600.0 / (float(steps.max()) if episodic else last)
    return series(tag, values, np.round(steps).astype(np.int64), wall_times=1.7e9 + pace * steps)


# ---- the shapes that curves have


def at(last: float, points: int, first: float | None = None) -> Array:
    """Return evenly spaced steps up to the last."""
    return np.linspace(last / points if first is None else first, last, points)


def rise(steps: Array, low: float, high: float, middle: float = 0.4, width: float = 0.1) -> Array:
    """Return a sigmoid from low to high around a share of the run."""
    x = steps / steps.max()
    return np.asarray(low + (high - low) / (1 + np.exp(-(x - middle) / width)))


def decay(steps: Array, start: float, end: float, rate: float = 5.0) -> Array:
    """Return an exponential fall from start to end."""
    return np.asarray(end + (start - end) * np.exp(-rate * steps / steps.max()))


def noisy(rng: np.random.Generator, values: Array, relative: float = 0.0, absolute: float = 0.0) -> Array:
    """Return the values as a float32 log has them, with log-normal and normal noise."""
    count = len(values)
    spread = values * np.exp(relative * rng.standard_normal(count)) + absolute * rng.standard_normal(count)
    return np.asarray(spread.astype(np.float32), np.float64)


def smooth(values: Array, window: int) -> Array:
    """Return the mean of the last so many values, as a window of finished episodes gives it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


# ---- on-policy


@healthy(learning_rate=2.5e-4, total_timesteps=1_000_000, gamma=0.99, clip_coef=0.2, max_grad_norm=0.5, ent_coef=0.01)
def ppo_with_early_kl_spikes(rng: np.random.Generator) -> Tags:
    t = at(1e6, 400)
    kl = noisy(rng, np.full(400, 0.012), 0.5)
    kl[[2, 5, 9, 30]] = [1.3, 0.6, 0.4, 0.3]
    e = np.sort(rng.integers(1000, 1_000_000, 1800)).astype(np.float64)
    length = noisy(rng, rise(e, 60, 900), 0.3).round()
    return {
        "charts/episodic_return": (e, noisy(rng, rise(e, 10, 2200), 0.25, 15)),
        "charts/episodic_length": (e, length),
        "charts/learning_rate": (t, 2.5e-4 * (1 - t / 1e6)),
        "charts/SPS": (t, noisy(rng, np.full(400, 2100.0), 0.05).round()),
        "losses/approx_kl": (t, kl),
        "losses/old_approx_kl": (t, kl / 2 + noisy(rng, np.zeros(400), 0, 0.004)),
        "losses/clipfrac": (t, np.minimum(noisy(rng, np.full(400, 0.13), 0.4), 1)),
        "losses/entropy": (t, noisy(rng, decay(t, 8.5, 3.0, 2), 0.01)),
        "losses/value_loss": (t, noisy(rng, rise(t, 0.8, 60, 0.3), 0.4)),
        "losses/policy_loss": (t, noisy(rng, np.full(400, -0.01), 0, 0.01)),
        "losses/explained_variance": (t, np.minimum(noisy(rng, rise(t, -0.2, 0.8, 0.2), 0, 0.1), 0.99)),
    }


@healthy(learning_rate=1e-3, gamma=0.98)
def ppo_solved_at_once(rng: np.random.Generator) -> Tags:
    t = at(1e5, 390)
    level = np.minimum(rise(t, 22, 520, 0.05, 0.02), 500)
    ev = noisy(rng, np.where(level < 499, 0.5, -37.0), 0, 0.2)
    return {
        "rollout/ep_rew_mean": (t, np.where(level < 499, noisy(rng, level, 0.03), 500.0)),
        "rollout/ep_len_mean": (t, np.where(level < 499, noisy(rng, level, 0.03), 500.0)),
        "time/fps": (t, noisy(rng, np.full(390, 900.0), 0.1).round()),
        "train/approx_kl": (t, noisy(rng, decay(t, 0.02, 1e-4, 8), 0.5)),
        "train/clip_fraction": (t, noisy(rng, decay(t, 0.2, 0.002), 0.4)),
        "train/entropy_loss": (t, -noisy(rng, decay(t, 0.69, 0.004, 9), 0.1)),
        "train/explained_variance": (t, ev),
        "train/value_loss": (t, noisy(rng, decay(t, 40, 1e-4, 12), 0.5)),
        "train/policy_gradient_loss": (t, noisy(rng, np.zeros(390), 0, 0.003)),
        "train/learning_rate": (t, np.full(390, 1e-3)),
        "train/n_updates": (t, np.arange(1, 391) * 20.0),
    }


@healthy(lr=7e-4, entropy_coef=0.01, max_grad_norm=0.5)
def a2c_clipped_at_every_update(rng: np.random.Generator) -> Tags:
    t = at(5e5, 250)
    return {
        "Loss/actor": (t, noisy(rng, np.zeros(250), 0, 0.4)),
        "Loss/critic": (t, noisy(rng, rise(t, 3, 900), 0.6)),
        "Reward/train": (t, noisy(rng, rise(t, -250, 210, 0.5), 0, 30)),
        "grad_norm/policy": (t, np.full(250, 0.5)),
        "grad_norm/critic": (t, np.full(250, 0.5)),
        "entropy": (t, noisy(rng, decay(t, 1.38, 0.4, 2), 0.05)),
    }


@healthy(learning_rate=3e-4)
def ppo_whose_entropy_bonus_is_logged_positive(rng: np.random.Generator) -> Tags:
    t = at(2e6, 240)
    return {
        "loss/entropy_loss": (t, noisy(rng, decay(t, 2.77, 0.2, 2), 0.02)),
        "loss/policy": (t, noisy(rng, np.zeros(240), 0, 0.02)),
        "loss/value": (t, noisy(rng, rise(t, 0.05, 0.4), 0.3)),
        "reward": (t, noisy(rng, rise(t, 0.3, 9.0), 0.1, 0.3)),
        "ent_coef": (t, np.zeros(240)),
        "kl": (t, noisy(rng, np.full(240, 0.015), 0.4)),
    }


@healthy()
def legged_robot_with_reward_terms(rng: np.random.Generator) -> Tags:
    t = at(1500, 1500)
    return {
        "Train/mean_reward": (t, smooth(noisy(rng, rise(t, -2, 24, 0.25), 0, 2), 20)),
        "Train/mean_episode_length": (t, smooth(noisy(rng, rise(t, 22, 980, 0.2), 0.1), 20)),
        "Episode_Reward/action_rate_l2": (t, -noisy(rng, rise(t, 0.01, 0.16, 0.2), 0.05)),
        "Episode_Reward/dof_torques_l2": (t, -noisy(rng, rise(t, 0.002, 0.04, 0.2), 0.05)),
        "Episode_Reward/track_lin_vel_xy_exp": (t, noisy(rng, rise(t, 0.01, 0.9), 0.05)),
        "Episode_Termination/time_out": (t, noisy(rng, rise(t, 0.1, 6), 0.1)),
        "Loss/value_function": (t, noisy(rng, decay(t, 0.8, 0.01), 0.3)),
        "Loss/surrogate": (t, noisy(rng, np.full(1500, -0.006), 0, 0.004)),
        "Loss/learning_rate": (t, np.power(1.5, rng.integers(-6, 3, 1500).astype(np.float64)) * 1e-3),
        "Policy/mean_noise_std": (t, noisy(rng, decay(t, 1.0, 0.35), 0.01)),
        "Perf/total_fps": (t, noisy(rng, np.full(1500, 9e4), 0.05).round()),
    }


@healthy()
def rllib_ppo_without_entropy_bonus(rng: np.random.Generator) -> Tags:
    t = at(4e5, 100)
    learner = "ray/tune/learners/default_policy/"
    return {
        "ray/tune/env_runners/episode_return_mean": (t, noisy(rng, rise(t, 22, 470), 0.03)),
        "ray/tune/env_runners/episode_return_max": (t, np.minimum(noisy(rng, rise(t, 80, 540, 0.2), 0.1).round(), 500)),
        "ray/tune/env_runners/episode_len_mean": (t, noisy(rng, rise(t, 22, 470), 0.03)),
        f"{learner}curr_entropy_coeff": (t, np.zeros(100)),
        f"{learner}curr_kl_coeff": (t, np.full(100, 0.2)),
        f"{learner}entropy": (t, noisy(rng, decay(t, 0.67, 0.5), 0.02)),
        f"{learner}mean_kl_loss": (t, noisy(rng, np.full(100, 0.012), 0.5)),
        f"{learner}policy_loss": (t, noisy(rng, np.zeros(100), 0, 0.03)),
        f"{learner}vf_loss": (t, np.minimum(noisy(rng, np.full(100, 9.0), 0.1), 10)),
        f"{learner}vf_loss_unclipped": (t, noisy(rng, rise(t, 150, 900), 0.4)),
        f"{learner}vf_explained_var": (t, noisy(rng, rise(t, 0, 0.5), 0, 0.1)),
        f"{learner}gradients_default_optimizer_global_norm": (t, noisy(rng, np.full(100, 0.7), 0.6)),
        f"{learner}default_optimizer_learning_rate": (t, np.full(100, 5e-5)),
        "ray/tune/num_env_steps_sampled_lifetime": (t, t),
    }


@healthy()
def self_play_between_equals(rng: np.random.Generator) -> Tags:
    t = at(1e7, 300)
    return {
        "Environment/Cumulative Reward": (t, noisy(rng, np.zeros(300), 0, 0.08)),
        "Environment/Episode Length": (t, noisy(rng, np.full(300, 240.0), 0.15)),
        "Self-play/ELO": (t, noisy(rng, rise(t, 1200, 1750, 0.5, 0.2), 0, 8)),
        "Losses/Policy Loss": (t, noisy(rng, np.full(300, 0.02), 0.2)),
        "Losses/Value Loss": (t, noisy(rng, np.full(300, 0.03), 0.4)),
        "Policy/Entropy": (t, noisy(rng, decay(t, 3.2, 2.2, 2), 0.01)),
        "Policy/Epsilon": (t, 0.2 - 0.1 * t / 1e7),
        "Policy/Beta": (t, 5e-3 * (1 - t / 1e7)),
        "Policy/Learning Rate": (t, 3e-4 * (1 - t / 1e7)),
        "Policy/Extrinsic Value Estimate": (t, noisy(rng, np.zeros(300), 0, 0.1)),
        "Is Training": (t, np.ones(300)),
    }


@healthy(lr=1e-6, beta=0.04)
def language_model_by_group_rewards(rng: np.random.Generator) -> Tags:
    t = at(1000, 1000)
    return {
        "train/loss": (t, noisy(rng, rise(t, 0.0005, 0.02), 0.3)),
        "train/reward": (t, noisy(rng, rise(t, 0.2, 0.8), 0, 0.08)),
        "train/reward_std": (t, noisy(rng, decay(t, 0.35, 0.2, 2), 0.2)),
        "train/kl": (t, noisy(rng, rise(t, 0.001, 0.6), 0.2)),
        "train/completion_length": (t, noisy(rng, rise(t, 180, 260), 0.1)),
        "train/grad_norm": (t, noisy(rng, np.full(1000, 0.3), 0.5)),
        "train/learning_rate": (t, 1e-6 * (1 - t / 1000)),
        "train/epoch": (t, t / 1000),
    }


# ---- off-policy


@healthy(lr=1e-3, gamma=0.99, batch_size=64, buffer_size=100000)
def dqn_stepping_by_episodes(rng: np.random.Generator) -> Tags:
    n = at(700, 700)
    score = np.maximum(noisy(rng, rise(n, -180, 220, 0.45), 0, 55), -600)
    return {
        "score": (n, score),
        "avg_reward_100": (n, smooth(score, 100)),
        "epsilon": (n, np.maximum(0.01, 0.995**n)),
        "loss": (n, noisy(rng, rise(n, 2, 18, 0.3), 0.5)),
        "Q/mean": (n, noisy(rng, rise(n, 0.1, 75, 0.5), 0.05)),
        "episode_length": (n, noisy(rng, rise(n, 95, 420, 0.3), 0.4).round()),
    }


@healthy(learning_rate=1e-4, gamma=0.99, target_network_frequency=1000, batch_size=32)
def dqn_on_atari(rng: np.random.Generator) -> Tags:
    t, e = at(1e7, 900), np.sort(rng.integers(2000, 10_000_000, 3500)).astype(np.float64)
    bumps = 1 + 3 * (np.arange(900) % 9 == 0)  # the error jumps at each copy of the target
    return {
        "charts/episodic_return": (e, noisy(rng, rise(e, 1.5, 320, 0.5), 0.6).round()),
        "charts/episodic_length": (e, noisy(rng, rise(e, 180, 1700, 0.4), 0.3).round()),
        "charts/SPS": (t, noisy(rng, np.full(900, 240.0), 0.05).round()),
        "losses/td_loss": (t, noisy(rng, rise(t, 0.0004, 0.02, 0.4), 0.6) * bumps),
        "losses/q_values": (t, noisy(rng, rise(t, 0.02, 5.5, 0.4), 0.05)),
    }


@healthy(policy_lr=3e-4, q_lr=1e-3, gamma=0.99, tau=0.005, batch_size=256, buffer_size=1_000_000, learning_starts=5000)
def sac_with_learned_temperature(rng: np.random.Generator) -> Tags:
    t, e = at(1e6, 9950, 5100), np.arange(1000, 1_000_001, 1000, dtype=np.float64)
    q = rise(t, 2, 620, 0.3, 0.15) - rise(t, 2, 620, 0.3, 0.15)[0]
    return {
        "charts/episodic_return": (e, noisy(rng, rise(e, -200, 9800, 0.3, 0.15), 0.04, 150)),
        "charts/episodic_length": (e, np.full(1000, 1000.0)),
        "charts/SPS": (t, noisy(rng, np.full(len(t), 160.0), 0.02).round()),
        "losses/qf1_values": (t, noisy(rng, q, 0.02, 0.5)),
        "losses/qf2_values": (t, noisy(rng, q, 0.02, 0.5)),
        "losses/qf1_loss": (t, noisy(rng, rise(t, 1.5, 45, 0.2), 0.35)),
        "losses/qf2_loss": (t, noisy(rng, rise(t, 1.5, 45, 0.2), 0.35)),
        "losses/qf_loss": (t, noisy(rng, rise(t, 1.5, 45, 0.2), 0.3)),
        "losses/actor_loss": (t, -noisy(rng, q, 0.02, 1.0) - 5),
        "losses/alpha": (t, 0.02 + decay(t, 0.9, 0.01, 60) + rise(t, 0, 0.2)),
        "losses/alpha_loss": (t, noisy(rng, np.zeros(len(t)), 0, 0.4)),
    }


@healthy(lr_actor=1e-4, lr_critic=1e-3, gamma=0.99, tau=0.001)
def ddpg_with_decaying_noise(rng: np.random.Generator) -> Tags:
    n = at(400, 400)
    t = at(8e4, 800)
    q = rise(t, -60, -12, 0.4)
    return {
        "Reward/train": (n, np.minimum(noisy(rng, rise(n, -1350, -160, 0.3), 0.2), 0)),
        "Reward/eval": (at(400, 20), noisy(rng, rise(at(400, 20), -1300, -150, 0.3), 0.15)),
        "Loss/critic": (t, noisy(rng, 3 + decay(t, 5, 0.5), 0.7)),
        "Loss/actor": (t, -noisy(rng, q, 0.03)),
        "Q/mean": (t, noisy(rng, q, 0.03)),
        "noise_scale": (t, decay(t, 0.3, 0.01, 6)),
    }


@healthy(learning_rate=3e-4, gamma=0.99, tau=0.005, policy_delay=2)
def td3_bang_bang(rng: np.random.Generator) -> Tags:
    t = at(3e5, 300)
    return {
        "rollout/ep_rew_mean": (t, smooth(noisy(rng, rise(t, -15, 93, 0.35, 0.08), 0, 4), 8)),
        "rollout/ep_len_mean": (t, smooth(noisy(rng, decay(t, 990, 90), 0.08), 8)),
        "time/fps": (t, noisy(rng, np.full(300, 130.0), 0.05).round()),
        "train/actor_loss": (t, -noisy(rng, rise(t, 0.5, 58, 0.4), 0.05)),
        "train/critic_loss": (t, noisy(rng, rise(t, 0.05, 3, 0.3), 0.6)),
        "train/learning_rate": (t, np.full(300, 3e-4)),
        "train/n_updates": (t, t - 1000),
        "policy/saturation": (t, np.minimum(noisy(rng, rise(t, 0.2, 0.95, 0.3), 0, 0.01), 1)),
    }


@healthy(gamma=0.99)
def sparse_reward_found_late(rng: np.random.Generator) -> Tags:
    t = at(2e6, 400)
    solved = rise(t, -0.02, 0.98, 0.65, 0.03)
    share = np.clip(np.round(noisy(rng, np.where(solved < 0.02, 0, solved), 0, 0.03) * 20) / 20, 0, 1)
    share[solved < 0.02] = 0
    return {
        "rollout/ep_rew_mean": (t, share),
        "rollout/success_rate": (t, share),
        "rollout/ep_len_mean": (t, noisy(rng, 50 - 30 * share, 0.02)),
        "time/fps": (t, noisy(rng, np.full(400, 700.0), 0.1).round()),
        "train/actor_loss": (t, noisy(rng, 2 * solved, 0, 0.2)),
        "train/critic_loss": (t, noisy(rng, rise(t, 1e-4, 0.02, 0.6), 0.5)),
        "train/ent_coef": (t, decay(t, 0.9, 0.002, 9)),
        "train/ent_coef_loss": (t, noisy(rng, np.zeros(400), 0, 0.5)),
        "train/n_updates": (t, t - 1000),
    }


@healthy(learning_rate=3e-4)
def trading_in_large_money(rng: np.random.Generator) -> Tags:
    t = at(1e6, 250)
    return {
        "train/episode_reward": (t, noisy(rng, rise(t, 2e4, 3.4e5), 0.1, 8e3)),
        "train/episode_length": (t, np.full(250, 252.0)),
        "train/value_loss": (t, noisy(rng, np.full(250, 0.4), 0.4)),
        "train/policy_loss": (t, noisy(rng, np.zeros(250), 0, 0.02)),
        "train/entropy": (t, noisy(rng, decay(t, 1.1, 0.5, 2), 0.02)),
        "train/approx_kl": (t, noisy(rng, np.full(250, 0.01), 0.4)),
    }


@healthy(learning_rate=3e-4)
def curriculum_that_grows_harder(rng: np.random.Generator) -> Tags:
    t = at(5e6, 500)
    level = np.minimum(np.floor(6 * t / 5e6), 5)
    inside = (6 * t / 5e6) % 1.0
    return {
        "rollout/ep_rew_mean": (t, smooth(noisy(rng, 20 + 75 * np.minimum(2.2 * inside, 1) - 8 * level, 0, 5), 5)),
        "curriculum/level": (t, level),
        "train/value_loss": (t, noisy(rng, np.full(500, 4.0), 0.5)),
        "train/policy_loss": (t, noisy(rng, np.zeros(500), 0, 0.02)),
        "train/approx_kl": (t, noisy(rng, np.full(500, 0.012), 0.4)),
    }


@healthy(learning_rate=3e-4)
def offline_conservative_q(rng: np.random.Generator) -> Tags:
    t = at(5e5, 500)
    return {
        "metrics/critic_loss": (t, noisy(rng, rise(t, 30, 260, 0.1), 0.2)),
        "metrics/conservative_loss": (t, noisy(rng, decay(t, 25, -40, 4), 0, 2)),
        "metrics/actor_loss": (t, -noisy(rng, rise(t, 3, 330, 0.2), 0.02)),
        "metrics/temp": (t, decay(t, 1, 0.08)),
        "metrics/temp_loss": (t, noisy(rng, np.zeros(500), 0, 0.2)),
        "metrics/alpha": (t, rise(t, 1, 40, 0.3)),
        "metrics/environment": (at(5e5, 50), noisy(rng, rise(at(5e5, 50), 600, 3200, 0.2), 0.15)),
        "metrics/time_algorithm_update": (t, noisy(rng, np.full(500, 0.02), 0.05)),
    }
