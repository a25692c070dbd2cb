"""Train DQN with the CleanRL that is on PyPI (0.4.8), whose tags are others than today: charts/episode_reward, no SPS.

    python tests/frameworks/train/cleanrl_released.py --sources DIR --fault none --seed 0 --out RUNS/NAME

DIR is the unpacked source distribution. Its dqn.py is run unmodified, for an environment of gymnasium in the clothes of
gym 0.21, which it was written for.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import runpy
import shutil
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import gymnasium
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_host_name, write_truth

USUAL = "--gym-id CartPole-v1 --total-timesteps 20000 --learning-starts 1000 --train-frequency 2"
FAULTS = {"learning-rate-too-high": ("--learning-rate 0.1 --total-timesteps 9000", ("learning-rate-too-high",))}
NEVER = ("learning-rate-too-high", "q-overestimation", "reward-scale", "target-network-frozen", "constant-policy")


class Wrapper:
    """An environment, or a wrapper of one, with the interface of gym 0.21."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.action_space, self.observation_space = env.action_space, env.observation_space

    def __getattr__(self, name: str) -> Any:
        return getattr(self.env, name)

    def seed(self, seed: int) -> None:
        """Seed the environment from its next reset on."""
        self._seed: int | None = seed

    def reset(self) -> Any:
        """Return the first observation."""
        if isinstance(self.env, Wrapper):
            return self.observation(self.env.reset())
        seed, self._seed = self.__dict__.get("_seed"), None
        return self.env.reset(seed=seed)[0]

    def step(self, action: Any) -> tuple[Any, float, bool, dict[str, Any]]:
        """Return observation, reward, done and info."""
        if isinstance(self.env, Wrapper):
            observation, reward, done, info = self.env.step(action)
            return self.observation(observation), reward, done, info
        observation, reward, terminated, truncated, info = self.env.step(action)
        return observation, float(reward), bool(terminated or truncated), info

    def observation(self, observation: Any) -> Any:
        """Return what the wrapper shows of an observation."""
        return observation


def as_gym() -> None:
    """Put what dqn.py imports of gym where Python looks for it."""
    gym, wrappers, spaces = (types.ModuleType(name) for name in ("gym", "gym.wrappers", "gym.spaces"))
    made: Any = gym
    made.make = lambda name: Wrapper(gymnasium.make(name))
    made.ObservationWrapper = made.Wrapper = Wrapper
    made.wrappers, made.spaces = wrappers, spaces
    spaces.__dict__.update({name: getattr(gymnasium.spaces, name) for name in gymnasium.spaces.__all__})
    wrappers.__dict__.update(TimeLimit=Wrapper, Monitor=Wrapper)
    sys.modules.update({"gym": gym, "gym.wrappers": wrappers, "gym.spaces": spaces})


def train(script: Path, argument: str, seed: int, out: Path) -> None:
    """Run the script in a folder of its own, and keep what it leaves there and prints."""
    torch.set_num_threads(1)
    as_gym()
    sys.argv = [script.name, "--seed", str(seed), *USUAL.split(), *argument.split()]
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        with Path("train.log").open("w", encoding="utf-8") as log, contextlib.redirect_stdout(log):
            runpy.run_path(str(script), run_name="__main__")
        os.chdir(before)
        (run,) = Path(home, "runs").iterdir()
        shutil.copytree(run, out)
        shutil.copy(Path(home, "train.log"), out)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=Path, required=True, help="the unpacked source distribution of cleanrl 0.4.8")
    given = arguments("Train DQN with the CleanRL that is on PyPI.", sorted(FAULTS), parser)
    out = given.out.resolve()
    again = command(given, sources="DIR")
    argument, named = FAULTS.get(given.fault, ("", ()))
    train(given.sources.resolve() / "cleanrl" / "dqn.py", argument, given.seed, out)
    without_host_name(out)
    write_truth(
        out,
        framework="cleanrl 0.4.8",
        command=again,
        fault=given.fault,
        reader="tensorboard EventAccumulator",
        points=counts.tensorboard(out),
        named=named,
        never=[cause for cause in NEVER if cause not in named],
    )


if __name__ == "__main__":
    main()
