"""Does following the advice make the observations that could not be made? Trains twice with Stable-Baselines3.

    python tests/benchmarks/advice.py --algorithm TD3 --env Pendulum-v1 --steps 6000 --out FOLDER

First as the library logs by itself; then the block of the first diagnosis is pasted in, as it stands. Prints each
observation that the advice names, before and after, and fails where fewer than half of them could then be made.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import gymnasium
import numpy as np
import stable_baselines3
import torch
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.noise import NormalActionNoise

from forensics.model.diagnosis import Diagnosis
from forensics.model.finding import Status
from forensics.pipeline import analyze

LEAST = 0.5  # the rest want for what such a run does not have: a clip, an encoder, a replay buffer


def train(arguments: argparse.Namespace, folder: Path, code: str) -> Diagnosis:
    """Train into `folder` with the block `code` pasted in, and analyze what is left."""
    env, eval_env = (Monitor(gymnasium.make(arguments.env)) for _ in range(2))
    options: dict[str, Any] = {"seed": arguments.seed, "device": "cpu", "tensorboard_log": str(folder)}
    if arguments.algorithm in ("TD3", "DDPG"):
        size = env.action_space.shape[0]
        options |= {"action_noise": NormalActionNoise(np.zeros(size), np.full(size, 0.1)), "learning_starts": 500}
    if arguments.algorithm in ("PPO", "A2C"):
        options |= {"n_steps": 256}  # the logger keeps a point each rollout
    scope: dict[str, Any] = {"eval_env": eval_env, "__name__": "advised"}
    exec(compile(code, "block", "exec"), scope)
    model = getattr(stable_baselines3, arguments.algorithm)("MlpPolicy", env, **options)
    model.learn(arguments.steps, callback=scope.get("callbacks"), log_interval=1)
    return analyze(folder)


def main() -> None:
    """Train, ask, train again and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--algorithm", default="TD3", choices=["TD3", "DDPG", "SAC", "DQN", "PPO", "A2C"])
    parser.add_argument("--env", default="Pendulum-v1")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    before = train(arguments, arguments.out / "bare", "")
    advice = before.coverage.advice
    assert advice is not None
    (arguments.out / "block.py").write_text(advice.block)
    after = train(arguments, arguments.out / "advised", advice.block)
    found = {finding.code: finding for finding in after.findings}
    codes = list(dict.fromkeys(code for item in advice.measurements for code in item.observations))
    for code in codes:
        print(
            f"{code}  {found[code].name:<32} not-applicable -> {found[code].status}  {'; '.join(found[code].missing)}"
        )
    made = sum(found[code].status is not Status.NOT_APPLICABLE for code in codes)
    print(f"{advice.framework} {advice.learner}: {made} of {len(codes)} observations could then be made")
    if made < LEAST * len(codes):
        raise SystemExit("the advice does not supply what it promises")


if __name__ == "__main__":
    main()
