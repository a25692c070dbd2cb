"""Train a small PPO with RLlib through Tune on CartPole, on its new or its old API stack.

    python tests/frameworks/train/rllib.py --stack new --fault none --seed 0 --out RUNS/NAME

The run is the folder of the one trial: result.json, progress.csv, an event file (healthy runs only, where Tune keeps
its own choice of loggers) and params.json, so that each quantity is there two or three times. result.json is large:
each of its lines repeats the whole configuration. The name of the host and its address, which are in result.json and
progress.csv, are replaced. Everything runs in one process beside Ray's own, on loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1"}

import gymnasium
import ray
from ray import tune
from ray.rllib.algorithms.ppo import PPOConfig
from ray.tune.logger import CSVLoggerCallback, JsonLoggerCallback

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.counts_lines import result_lines
from tests.frameworks.keep import arguments, packed, without_bulk, without_host_name, without_paths, write_truth

TEXT = re.compile(r"#(trial_id|hostname|node_ip|date|.*/hist_stats/.*)$")  # columns of words, and of lists
ITERATIONS = {"none": 12}
LONGER = 25
Settings = dict[str, Any]


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
    environment: Any = None


FAULTS = {
    # vf_clip_param is 10 by default: a squared error of thousands is cut, and the value head gets no gradient.
    "reward-scale": Fault(
        {},
        ("reward-scale", "value-function-not-learning"),
        ("learning-rate-too-high", "policy-update-too-large"),
        lambda _: RewardInOtherUnits(gymnasium.make("CartPole-v1")),
    ),
    "policy-update-too-large": Fault(
        {"lr": 3e-3, "num_epochs": 40, "clip_param": 10.0, "kl_coeff": 0.0},
        ("policy-update-too-large",),
        ("reward-scale",),
    ),
}
NEVER = ("learning-rate-too-high", "policy-update-too-large", "reward-scale", "value-function-not-learning")


def config(stack: str, fault: Fault | None, seed: int) -> PPOConfig:
    """Return PPO as the library tunes it for CartPole, in one process."""
    chosen: Settings = {"lr": 3e-4, "num_epochs": 6, "vf_loss_coeff": 0.01, "minibatch_size": 128}
    chosen |= fault.settings if fault else {}
    if fault and fault.environment:
        tune.register_env("CartPoleOfMyOwn", fault.environment)
    algorithm = (
        PPOConfig()
        .environment("CartPoleOfMyOwn" if fault and fault.environment else "CartPole-v1")
        .framework("torch")
        .env_runners(num_env_runners=0, num_envs_per_env_runner=4)
        .training(train_batch_size_per_learner=1000 if fault else 2000, **chosen)
        .learners(num_learners=0, num_gpus_per_learner=0)
        .debugging(seed=seed)
    )
    if stack == "old":
        algorithm.api_stack(enable_rl_module_and_learner=False, enable_env_runner_and_connector_v2=False)
    return algorithm


def train(stack: str, fault: str, seed: int, out: Path) -> None:
    """Train as a user of Tune would, and keep the folder of the trial."""
    ray.init(num_cpus=2, include_dashboard=False, _node_ip_address="127.0.0.1", object_store_memory=100 * 2**20)
    loggers = []
    if fault != "none":
        os.environ["TUNE_DISABLE_AUTO_CALLBACK_LOGGERS"] = "1"
        loggers = [JsonLoggerCallback(), CSVLoggerCallback()]
    with tempfile.TemporaryDirectory() as storage:
        wanted = tune.RunConfig(
            name="experiment",
            storage_path=storage,
            stop={"training_iteration": ITERATIONS.get(fault, LONGER)},
            callbacks=loggers,
            verbose=0,
        )
        try:
            results = tune.Tuner("PPO", param_space=config(stack, FAULTS.get(fault), seed), run_config=wanted).fit()
            shutil.copytree(results[0].path, out)
        finally:
            ray.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stack", choices=("new", "old"), default="new")
    given = arguments("Train a small PPO with RLlib.", sorted(FAULTS), parser)
    train(given.stack, given.fault, given.seed, given.out)
    without_bulk(given.out, ["checkpoint_*"])
    without_host_name(given.out)
    plain = given.out / "result.json"
    first = json.loads(plain.read_text(encoding="utf-8").partition("\n")[0])
    host, address = first["hostname"], first["node_ip"]
    told = {f'"{host}"': '"host"', f",{host},{address},": ",host,127.0.0.1,", f'"{address}"': '"127.0.0.1"'}
    for name in ("result.json", "progress.csv"):
        without_paths(given.out, told, name)
    points = counts.csv(given.out) | counts.tensorboard(given.out) | result_lines(plain)
    points = {key: count for key, count in points.items() if not TEXT.search(key)}
    fault = FAULTS.get(given.fault)
    write_truth(
        given.out,
        framework=f"ray[rllib] {ray.__version__}",
        command=f"tests/frameworks/train/rllib.py --stack {given.stack} --fault {given.fault} --seed {given.seed}",
        fault=given.fault,
        reader="EventAccumulator, pandas.read_csv, ray.tune's flatten_dict of each line of result.json",
        points=packed(given.out, points),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
