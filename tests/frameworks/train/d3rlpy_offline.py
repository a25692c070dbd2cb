"""Train a small run offline with d3rlpy, on transitions of a pendulum that a scripted policy swings up.

    python tests/frameworks/train/d3rlpy_offline.py --fault none --adapter file --seed 0 --out RUNS/NAME

The run leaves what the library's adapter writes: a CSV a metric and params.json, or an event file with the
hyperparameters in it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import d3rlpy
import gymnasium
import numpy as np
import torch
from d3rlpy.metrics import (
    AverageValueEstimationEvaluator,
    EnvironmentEvaluator,
    InitialStateValueEstimationEvaluator,
    TDErrorEvaluator,
)
from d3rlpy.models.encoders import VectorEncoderFactory

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, packed, without_bulk, without_host_name, write_truth

EPISODES = 40
NAMED = {"q-divergence-offline": ("q-divergence-offline",)}
NEVER = ("q-divergence-offline", "never-learned", "reward-scale", "learning-rate-too-high", "target-network-frozen")


def swing(state: Any, rng: np.random.Generator) -> Any:
    """The behaviour: pump energy until the pendulum is near the top, then hold it there, with noise."""
    cosine, sine, speed = state
    angle = np.arctan2(sine, cosine)
    energy = speed**2 / 2 + 15 * (cosine - 1)
    torque = -8 * angle - 2 * speed if abs(angle) < 0.5 else -np.sign(speed * energy) * 2
    return np.clip([torque / 2 + 0.3 * rng.standard_normal()], -1, 1).astype(np.float32)


def environment() -> Any:
    """Return the pendulum with actions from -1 to 1, as the library's policies have them."""
    return gymnasium.wrappers.RescaleAction(gymnasium.make("Pendulum-v1"), np.float32(-1), np.float32(1))


def dataset(seed: int) -> Any:
    """Return the behaviour's episodes as the library's data set."""
    env, rng = environment(), np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {"observations": [], "actions": [], "rewards": [], "terminals": [], "timeouts": []}
    for episode in range(EPISODES):
        state, _ = env.reset(seed=seed * 1000 + episode)
        done = False
        while not done:
            action = swing(state, rng)
            following, reward, terminated, done, _ = env.step(action)
            for name, value in zip(rows, (state, action, [reward], terminated, done), strict=True):
                rows[name].append(value)
            state = following
    return d3rlpy.dataset.MDPDataset(**{name: np.array(values, np.float32) for name, values in rows.items()})


def algorithm(fault: str) -> Any:
    """Return TD3+BC; for the divergence TD3 alone, with one critic and a fast target: nothing ties it to the data."""
    encoder = VectorEncoderFactory([64, 64])
    common: dict[str, Any] = {"actor_encoder_factory": encoder, "critic_encoder_factory": encoder, "batch_size": 128}
    if fault == "q-divergence-offline":
        config: Any = d3rlpy.algos.TD3Config(
            n_critics=1, gamma=0.995, tau=0.1, actor_learning_rate=3e-3, critic_learning_rate=3e-3, **common
        )
    else:
        config = d3rlpy.algos.TD3PlusBCConfig(gamma=0.98, **common)
    return config.create(device="cpu:0")


def train(fault: str, adapter: str, updates: int, epochs: int, seed: int, out: Path) -> None:
    """Fit in epochs, each followed by the evaluators that the documentation names."""
    d3rlpy.seed(seed)
    data = dataset(seed)
    few = data.episodes[:5]
    adapters: dict[str, Any] = {
        "file": d3rlpy.logging.FileAdapterFactory(root_dir=str(out.parent)),
        "tensorboard": d3rlpy.logging.TensorboardAdapterFactory(root_dir=str(out.parent)),
    }
    algorithm(fault).fit(
        data,
        n_steps=updates,
        n_steps_per_epoch=updates // epochs,
        experiment_name=out.name,
        with_timestamp=False,
        logger_adapter=adapters[adapter],
        show_progress=False,
        save_interval=epochs,
        evaluators={
            "td_error": TDErrorEvaluator(few),
            "value_scale": AverageValueEstimationEvaluator(few),
            "init_value": InitialStateValueEstimationEvaluator(few),
            "environment": EnvironmentEvaluator(environment(), n_trials=3),
        },
    )
    if adapter == "tensorboard":
        shutil.move(out.parent / "runs" / out.name, out)


def points(out: Path) -> counts.Counts:
    """Return the counts by metric: files of gradients have a header, the others have none."""
    found = counts.tensorboard(out)
    for path in sorted(out.glob("*.csv")):
        names = None if path.stem.endswith("_grad") else ["epoch", "step", ""]
        for key, count in counts.csv(out, path.name, names).items():
            column = key.partition("#")[2]
            if column not in ("epoch", "step"):
                found[f"{path.name}#{path.stem}{'/' if column else ''}{column}"] = count
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--adapter", choices=("file", "tensorboard"), default="file")
    parser.add_argument("--updates", type=int, default=8000)
    parser.add_argument("--epochs", type=int, default=40)
    given = arguments("Train a small run offline with d3rlpy.", sorted(NAMED), parser)
    torch.set_num_threads(1)
    train(given.fault, given.adapter, given.updates, given.epochs, given.seed, given.out)
    without_bulk(given.out)
    without_host_name(given.out)
    write_truth(
        given.out,
        framework=f"d3rlpy {d3rlpy.__version__}",
        command=command(given, adapter=given.adapter, updates=given.updates, epochs=given.epochs),
        fault=given.fault,
        reader="EventAccumulator" if given.adapter == "tensorboard" else "pandas.read_csv, as d3rlpy plot reads",
        points=packed(given.out, points(given.out)),
        named=NAMED.get(given.fault, ()),
        never=("loss-plateau", "reward-scale") if given.fault != "none" else NEVER,
    )


if __name__ == "__main__":
    main()
