"""Train a small run with stable-baselines3, logged and evaluated by its own means.

    python tests/frameworks/train/sb3.py --algorithm ppo --fault none --seed 0 --out RUNS/NAME

The run leaves progress.csv, log.txt and an event file of the library's logger, a monitor file for every environment
and evaluations.npz of its EvalCallback. Nothing in it tells the configuration: the library does not write it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import stable_baselines3
import torch
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.callbacks import EvalCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_bulk, without_host_name, without_paths, write_truth

Settings = dict[str, Any]
ALGORITHMS: dict[str, Any] = {"ppo": PPO, "dqn": DQN, "a2c": A2C}
# As rl-baselines3-zoo tuned them for CartPole-v1, PPO with fewer epochs for the time it takes.
SETTINGS: dict[str, Settings] = {
    "ppo": {"n_steps": 128, "batch_size": 256, "n_epochs": 10, "learning_rate": 1e-3, "gae_lambda": 0.8, "gamma": 0.98},
    "dqn": {
        "learning_rate": 2.3e-3,
        "batch_size": 64,
        "buffer_size": 100_000,
        "learning_starts": 1000,
        "target_update_interval": 10,
        "train_freq": 256,
        "gradient_steps": 128,
        "exploration_fraction": 0.16,
        "exploration_final_eps": 0.04,
        "policy_kwargs": {"net_arch": [256, 256]},
    },
    "a2c": {"n_steps": 8, "learning_rate": 7e-4, "vf_coef": 0.5},
}
STEPS = {"ppo": 40_000, "dqn": 40_000, "a2c": 60_000}
ENVS = {"ppo": 8, "dqn": 1, "a2c": 8}
EVERY = {"ppo": 1, "dqn": 20, "a2c": 25}


class RewardInOtherUnits(gymnasium.RewardWrapper):
    """Reward a thousand times as large as the task gives it."""

    def reward(self, reward: Any) -> float:
        return float(reward) * 1000.0


@dataclass(frozen=True)
class Fault:
    """Other settings or another environment, what the verdict must name then, and what would be wrong."""

    settings: Settings
    named: tuple[str, ...]
    never: tuple[str, ...]
    wrapper: Callable[[Any], Any] | None = None


FAULTS = {
    "policy-update-too-large": Fault(
        {"n_epochs": 100, "clip_range": 10.0}, ("policy-update-too-large",), ("reward-scale", "entropy-collapse")
    ),
    "learning-rate-too-high": Fault(
        {"learning_rate": 0.23}, ("learning-rate-too-high",), ("reward-scale", "target-network-frozen")
    ),
    "reward-scale": Fault(
        {}, ("reward-scale", "value-function-not-learning"), ("learning-rate-too-high",), RewardInOtherUnits
    ),
}
NEVER = ("learning-rate-too-high", "reward-scale", "policy-update-too-large", "value-function-not-learning")


def train(algorithm: str, fault: Fault | None, seed: int, steps: int, out: Path) -> None:
    """Train as a user would, with the four outputs of the logger and an evaluation now and then."""
    wrapper = fault.wrapper if fault else None
    envs = make_vec_env("CartPole-v1", ENVS[algorithm], seed, monitor_dir=str(out), wrapper_class=wrapper)
    evaluation = make_vec_env("CartPole-v1", 1, seed + 1000, wrapper_class=wrapper)
    settings = SETTINGS[algorithm] | (fault.settings if fault else {})
    model = ALGORITHMS[algorithm]("MlpPolicy", envs, seed=seed, device="cpu", **settings)
    model.set_logger(configure(str(out), ["stdout", "log", "csv", "tensorboard"]))
    callback = EvalCallback(evaluation, eval_freq=steps // ENVS[algorithm] // 10, log_path=str(out))
    model.learn(steps, callback, log_interval=EVERY[algorithm])
    model.logger.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--algorithm", choices=sorted(ALGORITHMS), default="ppo")
    parser.add_argument("--steps", type=int, help="as many as the algorithm needs to learn")
    given = arguments("Train a small run with stable-baselines3.", sorted(FAULTS), parser)
    torch.set_num_threads(1)
    fault = FAULTS.get(given.fault)
    steps = given.steps or STEPS[given.algorithm]
    train(given.algorithm, fault, given.seed, steps, given.out)
    without_bulk(given.out)
    without_host_name(given.out)
    without_paths(given.out, {f"{given.out.parent}/": ""}, "log.txt")  # where the logger was told to write
    write_truth(
        given.out,
        framework=f"stable-baselines3 {stable_baselines3.__version__}",
        command=command(given, algorithm=given.algorithm, steps=steps),
        fault=given.fault,
        reader="EventAccumulator, pandas.read_csv, stable_baselines3.common.monitor.load_results, numpy.load",
        points=counts.tensorboard(given.out)
        | counts.csv(given.out)
        | counts.monitors(given.out)
        | counts.evaluations(given.out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
