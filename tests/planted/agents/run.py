"""Make one real training run on Stable-Baselines3."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path
from typing import Any

import gymnasium
import yaml
from stable_baselines3.common.callbacks import CheckpointCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure
from stable_baselines3.common.monitor import Monitor

from tests.planted.agents.callbacks import EpisodesToText, ReplayWatch
from tests.planted.agents.configs import OFF_POLICY, VALUE_BASED, base_config, build
from tests.planted.agents.faults import AGENT_FAULTS
from tests.planted.recorder import Recorder

log = logging.getLogger("train")


class WithoutPaths(logging.Formatter):
    """Format tracebacks with paths that begin at the package: the rest tells where on whose machine it was."""

    def formatException(self, ei: Any) -> str:
        return re.sub(r'File "[^"]*?(site-packages/)?([^"/]*(?(1)/[^"]*))"', r'File "\2"', super().formatException(ei))


def train(given: Any) -> None:
    """Train to the end, or to the exception that the fault brings about; the latter goes to train.log."""
    fault = AGENT_FAULTS[given.fault]
    amount = fault.amount(given.strength)
    config = fault.config(base_config(given.algorithm, given.env, given.seed, given.steps), amount)
    out: Path = given.out
    out.mkdir(parents=True, exist_ok=given.into)
    (out / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    full = given.record == "full"
    if full or given.resume:
        handler = logging.FileHandler(out / "train.log")
        handler.setFormatter(WithoutPaths("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=logging.INFO, handlers=[handler])

    def task() -> Any:
        return fault.environment(gymnasium.make(config["env_id"]), amount)

    env = make_vec_env(task, config["n_envs"], seed=config["seed"]) if "n_envs" in config else Monitor(task())
    model = build(config, env, None if full else str(out))
    fault.model(model, amount)
    callbacks: list[Any] = [one for one in (fault.callback(config, amount),) if one is not None]
    if full:
        model.set_logger(configure(str(out), ["tensorboard"]))
        callbacks += _records(given, model, task)
    if given.checkpoint_every:
        callbacks.append(CheckpointCallback(max(given.checkpoint_every // config.get("n_envs", 1), 1), str(out), "at"))
    told = (config["algorithm"], config["env_id"], config["total_timesteps"], config["seed"])
    log.info("%s on %s, %d steps, seed %d", *told)
    done = 0
    if given.resume:
        model.set_parameters(str(given.resume), device="cpu")
        done = model.num_timesteps = int(re.findall(r"_(\d+)_steps", given.resume.name)[0])
        log.info("resumed from %s", given.resume.name)
    start = time.perf_counter()
    own_cadence = full and given.algorithm in OFF_POLICY and given.algorithm != "tqc"
    interval = None if own_cadence else 1 if "n_envs" in config else 4
    interval = 100 // config["n_steps"] if config["algorithm"] == "a2c" else interval
    try:
        model.learn(
            config["total_timesteps"] - done, callback=callbacks, log_interval=interval, reset_num_timesteps=not done
        )
        log.info("training finished after %d steps, %.0f s", model.num_timesteps, time.perf_counter() - start)
    except ValueError:
        log.exception("training stopped at step %d", model.num_timesteps)
        if not full:
            (out / "stopped").touch()
    model.logger.close()
    if not given.into:  # another process may be writing there
        without_host_name(out)


def _records(given: Any, model: Any, task: Any) -> list[Any]:
    """What a careful user records beside what the library does."""
    if given.algorithm in VALUE_BASED:
        return [EpisodesToText(20), ReplayWatch(given.every)]
    if given.algorithm in OFF_POLICY and given.algorithm != "tqc":
        evaluation = Monitor(task())
        evaluation.reset(seed=10_000 + given.seed)
        return [Recorder(evaluation, given.every)]
    return [EpisodesToText(20)]


def without_host_name(out: Path) -> None:
    """Rename event files to events.out.tfevents.<time>.host.<process>.0: the usual name tells whose machine it was."""
    for path in out.rglob("events.out.tfevents.*"):
        parts = path.name.split(".")
        path.rename(path.with_name(".".join([*parts[:4], "host", *parts[-2:]])))
