"""The healthy configurations of the algorithms, and the model of a configuration."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise

from tests.planted.fault import Config

OFF_POLICY = ("td3", "ddpg", "sac", "tqc")
VALUE_BASED = ("dqn", "qrdqn")
ON_POLICY = ("ppo", "a2c", "trpo")
ALGORITHMS = (*OFF_POLICY, *VALUE_BASED, *ON_POLICY)
_CONTRIBUTED = ("tqc", "qrdqn", "trpo")
_NOT_ARGUMENTS = ("algorithm", "env_id", "total_timesteps", "net_arch", "n_envs", "n_quantiles", "n_critics")


def base_config(algorithm: str, env_id: str, seed: int, steps: int) -> Config:
    """The healthy configuration of an algorithm, after rl-zoo3's for the same tasks."""
    config: Config = {"algorithm": algorithm, "env_id": env_id, "seed": seed, "total_timesteps": steps}
    if algorithm in ON_POLICY:
        return config | _on_policy(algorithm, env_id)
    if algorithm in VALUE_BASED:
        return config | _value_based(algorithm)
    return config | _off_policy(algorithm, env_id)


def _off_policy(algorithm: str, env_id: str) -> Config:
    """Learns Pendulum or MountainCarContinuous in some 5,000 steps."""
    config: Config = {
        "learning_rate": 1e-3,
        "buffer_size": 50_000,
        "learning_starts": 500,
        "batch_size": 256,
        "tau": 0.005,
        "gamma": 0.98,
        "train_freq": 1,
        "gradient_steps": 1,
        "net_arch": [64, 64],
        "stats_window_size": 10,
    }
    with_temperature = algorithm in ("sac", "tqc")
    if env_id.startswith("MountainCar"):
        # Its reward lies behind a hill that takes correlated noise to climb; Pendulum is learned without any noise.
        config |= {"gamma": 0.99, "train_freq": 2, "action_noise": "ornstein-uhlenbeck"}
        config |= {"action_noise_std": 0.5, "action_noise_dt": 0.1}
    elif not with_temperature:
        config |= {"action_noise": "normal", "action_noise_std": 0.1}
    if with_temperature:
        config |= {"ent_coef": "auto"}
    if algorithm == "ddpg":
        del config["stats_window_size"]  # its constructor does not take it
    if algorithm == "td3":
        config |= {"policy_delay": 2, "target_policy_noise": 0.2, "target_noise_clip": 0.5}
    if algorithm == "tqc":
        config |= {"top_quantiles_to_drop_per_net": 2}
    return config


def _value_based(algorithm: str) -> Config:
    """Learns CartPole in some 30,000 steps."""
    config: Config = {
        "learning_rate": 2.3e-3,
        "buffer_size": 100_000,
        "learning_starts": 1000,
        "batch_size": 64,
        "gamma": 0.99,
        "target_update_interval": 10,
        "train_freq": 256,
        "gradient_steps": 64,
        "exploration_fraction": 0.16,
        "exploration_final_eps": 0.04,
        "net_arch": [128, 128],
    }
    return config | ({"n_quantiles": 10} if algorithm == "qrdqn" else {})


def _on_policy(algorithm: str, env_id: str) -> Config:
    """Learns CartPole in some 50,000 steps and Pendulum in some 100,000."""
    continuous = not env_id.startswith("CartPole")
    if algorithm == "a2c":
        config: Config = {"n_envs": 8, "n_steps": 8, "learning_rate": 7e-4, "gamma": 0.99, "ent_coef": 0.0}
        config |= {"vf_coef": 0.5, "max_grad_norm": 0.5}
        return config | ({"gamma": 0.9, "gae_lambda": 0.9} if continuous else {})
    if algorithm == "trpo":
        return {"n_envs": 8, "n_steps": 128, "batch_size": 512, "learning_rate": 1e-3} | {
            "gamma": 0.9 if continuous else 0.98,
            "gae_lambda": 0.95,
            "n_critic_updates": 15,
            "target_kl": 0.01,
        }
    config = {"n_envs": 8, "n_steps": 128, "batch_size": 256, "n_epochs": 10, "learning_rate": 1e-3}
    config |= {"gamma": 0.98, "gae_lambda": 0.95, "clip_range": 0.2, "ent_coef": 0.0, "vf_coef": 0.5}
    config |= {"max_grad_norm": 0.5}
    return config | ({"gamma": 0.9} if continuous else {})


def build(config: Config, env: Any, tensorboard_log: str | None) -> Any:
    """The model of a configuration."""
    name = config["algorithm"]
    arguments = {
        key: value for key, value in config.items() if key not in _NOT_ARGUMENTS and not key.startswith("action_noise")
    }
    if config.get("action_noise_std"):
        size = env.action_space.shape[0]
        mean, spread = np.zeros(size), np.full(size, config["action_noise_std"])
        if config["action_noise"] == "normal":
            arguments["action_noise"] = NormalActionNoise(mean, spread)
        else:
            arguments["action_noise"] = OrnsteinUhlenbeckActionNoise(mean, spread, dt=config["action_noise_dt"])
    policy = {key: config[key] for key in ("net_arch", "n_quantiles", "n_critics") if key in config}
    package = importlib.import_module("sb3_contrib" if name in _CONTRIBUTED else "stable_baselines3")
    return getattr(package, name.upper())(
        "MlpPolicy", env, policy_kwargs=policy, tensorboard_log=tensorboard_log, device="cpu", **arguments
    )
