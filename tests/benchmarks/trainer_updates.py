"""Gradient updates per CPU second: our TD3, every gradient norm recorded, against that of stable-baselines3.

    python -m tests.benchmarks.trainer_updates [--rounds 15] [--random-shift 0]

One process, one torch thread, all contestants in turn. Batch 256, four stacked frames of 84x84 uint8, NatureCNN with
512 features, MLPs of 256 and 256. A turn is two updates, so one of the actor is in each. Counted is the CPU time (user
and system, all threads of the process) of what one gradient update takes in either library:

- stable-baselines3: `TD3.train`, which draws the batch from its replay buffer, updates and logs to nowhere;
- ours: what the trainer's loop does for one update: the draw, the update with both clips, and the flight recorder,
  which measures all norms on both sides of each clip, takes losses, Q values and the batch, and writes both files.

Environment steps are not counted. stable-baselines3 shifts no images at random; `--random-shift 4` adds ours.

A part of stable-baselines3's time is page faults of tensors made anew for every batch. Where the allocator keeps freed
memory (MALLOC_TRIM_THRESHOLD_ and MALLOC_MMAP_THRESHOLD_ of glibc at 2000000000) they go, and the ratios fall to about
2.2, 1.5 and 1.5.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.timing import interleaved, paired, verdict

try:
    import torch
    from gymnasium import Env, spaces
    from stable_baselines3 import TD3
    from stable_baselines3.common.logger import Logger
except ModuleNotFoundError as missing:
    print(f"not measured: {missing.name} is not installed (pip install 'run-forensics[trainer,bench]')")
    raise SystemExit(0) from None

from forensics.recorder import Recorder
from tests.benchmarks.subjects import FRAMES, configured, prefilled

BATCH, UPDATES = 256, 2
NETWORKS = {"architecture": "nature", "trunk": "relu", "feature_dim": 512, "hidden_dim": 256, "frame_stack": 4}
SB3, SB3_SHARED, OURS, OURS_SEPARATE = "sb3", "sb3, shared extractor", "ours, shared", "ours, separate"
DEMANDS = [(SB3, OURS, 2.2), (SB3_SHARED, OURS, 1.6), (SB3, OURS_SEPARATE, 1.2)]


class Frames(Env[Any, Any]):
    """Spaces alone: nothing is ever stepped."""

    observation_space = spaces.Box(0, 255, (4, 84, 84), np.uint8)
    action_space = spaces.Box(-1, 1, (1,), np.float32)


def stable_baselines3(*, shared: bool) -> Callable[[], None]:
    """Return two updates of stable-baselines3 with its own defaults, on a full replay buffer."""
    policy = {"share_features_extractor": True} if shared else {}
    model = TD3("CnnPolicy", Frames(), buffer_size=FRAMES, policy_kwargs=policy, seed=0, device="cpu")
    model.set_logger(Logger(folder=None, output_formats=[]))
    held: Any = model.replay_buffer
    rng = np.random.default_rng(0)
    held.observations[:] = rng.integers(0, 256, held.observations.shape, np.uint8)
    held.next_observations[:] = rng.integers(0, 256, held.observations.shape, np.uint8)
    held.rewards[:] = rng.normal(size=held.rewards.shape)
    held.full = True
    return lambda: model.train(gradient_steps=UPDATES, batch_size=BATCH)


def ours(encoder: str, random_shift: int, recorder: Recorder) -> Callable[[], None]:
    """Return two updates of the trainer, recorded."""
    config = configured(encoder, batch_size=BATCH, random_shift=random_shift, n_step=1, **NETWORKS)
    training = prefilled(config, recorder)

    def turn() -> None:
        for _ in range(UPDATES):
            training.global_step += 1
            training._learn()

    return turn


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--random-shift", type=int, default=0)
    told = parser.parse_args()
    torch.set_num_threads(1)
    with (
        tempfile.TemporaryDirectory() as folder,
        Recorder(Path(folder) / "shared", source=()) as first,
        Recorder(Path(folder) / "separate", source=()) as second,
    ):
        contestants = {
            SB3: stable_baselines3(shared=False),
            SB3_SHARED: stable_baselines3(shared=True),
            OURS: ours("shared", told.random_shift, first),
            OURS_SEPARATE: ours("separate", told.random_shift, second),
        }
        for warm_up in contestants.values():
            warm_up()
        seconds = interleaved(contestants, told.rounds)
    print(f"{told.rounds} rounds of {UPDATES} updates each, batch {BATCH}, random shift {told.random_shift}")
    for name, turns in seconds.items():
        print(f"  {name:22} {UPDATES / sorted(turns)[len(turns) // 2]:.2f} updates per CPU second (median)")
    for slower, faster, least in DEMANDS:
        spread = paired(seconds[slower], seconds[faster])
        print(f"{faster} against {slower}: {spread}, {verdict(spread, least=least)}")


if __name__ == "__main__":
    main()
