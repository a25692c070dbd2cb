"""Train a small run with tianshou's experiments, which log to an event file and to log.txt by themselves.

    python tests/frameworks/train/tianshou_highlevel.py --algorithm ppo --fault none --seed 0 --out RUNS/NAME

The logger of its updates is asked for every one of them.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from sensai.util import logging
from tianshou.highlevel.config import OffPolicyTrainingConfig, OnPolicyTrainingConfig
from tianshou.highlevel.env import EnvFactoryRegistered, VectorEnvType
from tianshou.highlevel.experiment import DQNExperimentBuilder, ExperimentConfig, PPOExperimentBuilder
from tianshou.highlevel.logger import LoggerFactoryDefault
from tianshou.highlevel.params.algorithm_params import DQNParams, PPOParams

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import (
    arguments,
    command,
    packed,
    without_bulk,
    without_host_name,
    without_paths,
    write_truth,
)

RATES = {"ppo": 1e-3, "dqn": 1e-3}
NAMED = {"learning-rate-too-high": ("learning-rate-too-high", "entropy-collapse", "never-learned")}
NEVER = ("learning-rate-too-high", "entropy-collapse", "policy-update-too-large", "never-learned", "reward-scale")


class EveryUpdate(LoggerFactoryDefault):
    """The default logger, at every update: by default it waits for a thousand of them, which PPO never makes."""

    def create_logger(self, *args: Any, **named: Any) -> Any:
        logger = super().create_logger(*args, **named)
        logger.update_interval = 1
        return logger


def experiment(algorithm: str, rate: float, seed: int, out: Path) -> Any:
    """Return the experiment: CartPole-v1 in epochs of 2000 steps, each followed by ten test episodes."""
    environments = EnvFactoryRegistered(task="CartPole-v1", venv_type=VectorEnvType.DUMMY)
    config = ExperimentConfig(seed=seed, device="cpu", watch=False, persistence_base_dir=".")
    common: dict[str, Any] = {"max_epochs": 16, "epoch_num_steps": 2000, "num_training_envs": 8, "num_test_envs": 5}
    if algorithm == "ppo":
        training: Any = OnPolicyTrainingConfig(
            **common, collection_step_num_env_steps=1000, batch_size=64, update_step_num_repetitions=5, buffer_size=8000
        )
        builder: Any = PPOExperimentBuilder(environments, config, training)
        builder = builder.with_ppo_params(PPOParams(lr=rate, gae_lambda=0.9, gamma=0.98, ent_coef=0.0))
        builder = builder.with_actor_factory_default((64, 64)).with_critic_factory_default((64, 64))
    else:
        training = OffPolicyTrainingConfig(
            **common, collection_step_num_env_steps=16, batch_size=64, buffer_size=20_000, start_timesteps=500
        )
        training.update_step_num_gradient_steps_per_sample = 0.25
        builder = DQNExperimentBuilder(environments, config, training)
        builder = builder.with_dqn_params(
            DQNParams(lr=rate, gamma=0.95, target_update_freq=200, eps_training=0.1, eps_inference=0.0)
        ).with_model_factory_default((64, 64))
    if algorithm == "ppo":
        builder = builder.with_logger_factory(EveryUpdate())
    return builder.with_name(out.name).build()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--algorithm", choices=sorted(RATES), default="ppo")
    given = arguments("Train a small run with tianshou.", sorted(NAMED), parser)
    torch.set_num_threads(1)
    rate = RATES[given.algorithm] * (1 if given.fault == "none" else 100)
    logging.configure(level=logging.INFO)  # as run_main of the library's examples does: else log.txt stays empty
    os.chdir(given.out.parent)  # the path of its logs goes into the event file
    experiment(given.algorithm, rate, given.seed, given.out).run()
    without_bulk(given.out)
    without_host_name(given.out)
    without_paths(given.out, {f"{Path.cwd()}/": "", str(Path.cwd()): "."}, "**/log.txt")
    write_truth(
        given.out,
        framework=f"tianshou {version('tianshou')}",
        command=command(given, algorithm=given.algorithm),
        fault=given.fault,
        reader="EventAccumulator, which tianshou.utils.TensorboardLogger.restore_logged_data uses",
        points=packed(given.out, counts.tensorboard(given.out)),
        named=NAMED.get(given.fault, ()),
        never=NEVER if given.fault == "none" else ("reward-scale", "target-network-frozen"),
    )


if __name__ == "__main__":
    main()
