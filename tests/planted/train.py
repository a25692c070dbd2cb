"""Make one real training run with one planted fault.

    python tests/planted/train.py --fault tanh-saturation --algorithm td3 --seed 0 --steps 7000 --out RUNS/NAME

Writes into NAME/ what a user would have: an event file, config.yaml (the configuration as resolved) and train.log.
The truth goes beside it, to NAME.truth.json, and nowhere into it. `--record plain` records what Stable-Baselines3
records by itself; training is the same, number for number.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
import yaml
from stable_baselines3 import DDPG, SAC, TD3
from stable_baselines3.common.logger import configure
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.planted.faults import FAULTS, Config
from tests.planted.recorder import Recorder

ALGORITHMS: dict[str, Any] = {"td3": TD3, "ddpg": DDPG, "sac": SAC}

log = logging.getLogger("train")


def base_config(algorithm: str, env_id: str, seed: int, steps: int) -> Config:
    """The healthy configuration of an algorithm: learns Pendulum or MountainCarContinuous in some 5,000 steps."""
    config: Config = {
        "algorithm": algorithm,
        "env_id": env_id,
        "seed": seed,
        "total_timesteps": steps,
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
    if env_id.startswith("MountainCar"):
        # Its reward lies behind a hill that takes correlated noise to climb; Pendulum is learned without any noise.
        config |= {"gamma": 0.99, "train_freq": 2, "action_noise": "ornstein-uhlenbeck"}
        config |= {"action_noise_std": 0.5, "action_noise_dt": 0.1}
    elif algorithm != "sac":
        config |= {"action_noise": "normal", "action_noise_std": 0.1}
    if algorithm == "sac":
        config |= {"ent_coef": "auto"}
    if algorithm == "ddpg":
        del config["stats_window_size"]  # its constructor does not take it
    if algorithm == "td3":
        config |= {"policy_delay": 2, "target_policy_noise": 0.2, "target_noise_clip": 0.5}
    return config


def build(config: Config, env: Any, tensorboard_log: str | None) -> Any:
    """The model of a configuration."""
    special = ("algorithm", "env_id", "total_timesteps", "net_arch")
    arguments = {
        key: value for key, value in config.items() if key not in special and not key.startswith("action_noise")
    }
    if config.get("action_noise_std"):
        size = env.action_space.shape[0]
        mean, spread = np.zeros(size), np.full(size, config["action_noise_std"])
        if config["action_noise"] == "normal":
            arguments["action_noise"] = NormalActionNoise(mean, spread)
        else:
            arguments["action_noise"] = OrnsteinUhlenbeckActionNoise(mean, spread, dt=config["action_noise_dt"])
    return ALGORITHMS[config["algorithm"]](
        "MlpPolicy",
        env,
        policy_kwargs={"net_arch": config["net_arch"]},
        tensorboard_log=tensorboard_log,
        device="cpu",
        **arguments,
    )


class WithoutPaths(logging.Formatter):
    """Format tracebacks with paths that begin at the package: the rest tells where on whose machine it was."""

    def formatException(self, ei: Any) -> str:
        return re.sub(r'File "[^"]*?(site-packages/)?([^"/]*(?(1)/[^"]*))"', r'File "\2"', super().formatException(ei))


def train(fault_name: str, config: Config, out: Path, record: str, every: int) -> None:
    """Train to the end, or to the exception that the fault brings about; the latter goes to train.log."""
    fault = FAULTS[fault_name]
    config = fault.config(config)
    out.mkdir(parents=True)
    (out / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    if record == "full":
        handler = logging.FileHandler(out / "train.log")
        handler.setFormatter(WithoutPaths("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=logging.INFO, handlers=[handler])

    def environment() -> Any:
        return Monitor(fault.environment(gymnasium.make(config["env_id"])))

    env, evaluation = environment(), environment()
    evaluation.reset(seed=10_000 + config["seed"])
    model = build(config, env, None if record == "full" else str(out))
    fault.model(model)
    callback = None
    if record == "full":
        model.set_logger(configure(str(out), ["tensorboard"]))
        callback = Recorder(evaluation, every)
    log.info(
        "%s on %s, %d steps, seed %d", *(config[key] for key in ("algorithm", "env_id", "total_timesteps", "seed"))
    )
    start = time.perf_counter()
    try:
        model.learn(config["total_timesteps"], callback=callback, log_interval=None if record == "full" else 4)
        log.info("training finished after %d steps, %.0f s", model.num_timesteps, time.perf_counter() - start)
    except ValueError:
        log.exception("training stopped at step %d", model.num_timesteps)
        if fault_name != "non-finite-values":
            raise
    model.logger.close()
    without_host_name(out)


def without_host_name(out: Path) -> None:
    """Rename event files to events.out.tfevents.<time>.host.0: their usual name tells whose machine it was."""
    for path in out.rglob("events.out.tfevents.*"):
        path.rename(path.with_name(".".join([*path.name.split(".")[:4], "host", "0"])))


def main() -> None:
    parser = argparse.ArgumentParser(description="Make one real training run with one planted fault.")
    parser.add_argument("--fault", choices=sorted(FAULTS), default="none")
    parser.add_argument("--algorithm", choices=sorted(ALGORITHMS), default="td3")
    parser.add_argument("--env", default="Pendulum-v1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=7000)
    parser.add_argument("--every", type=int, default=100, help="updates from one record to the next; even")
    parser.add_argument("--record", choices=("full", "plain"), default="full")
    parser.add_argument("--out", type=Path, required=True, help="the run directory, which must not exist yet")
    given = parser.parse_args()
    torch.set_num_threads(1)
    config = base_config(given.algorithm, given.env, given.seed, given.steps)
    train(given.fault, config, given.out, given.record, given.every)
    truth = {"cause": None if given.fault == "none" else given.fault, "algorithm": given.algorithm, "seed": given.seed}
    given.out.with_name(given.out.name + ".truth.json").write_text(json.dumps(truth, indent=1) + "\n")


if __name__ == "__main__":
    main()
