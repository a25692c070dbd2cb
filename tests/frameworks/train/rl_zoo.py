"""Train a small run with the scripts of rl-baselines3-zoo, by the command that its users give.

    python tests/frameworks/train/rl_zoo.py --fault none --seed 0 --out RUNS/NAME

The run leaves a monitor file, evaluations.npz, and a folder of the environment's name with args.yml and config.yml.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_bulk, without_paths, write_truth

SETTINGS = {"none": [], "wrong-discount": ["--hyperparams", "gamma:0.0"]}
NEVER = ("wrong-discount", "never-learned", "return-collapse", "learning-rate-too-high", "config-without-effect")


def main() -> None:
    given = arguments("Train a small run with rl-baselines3-zoo.", [name for name in SETTINGS if name != "none"])
    logs = given.out.parent / f"{given.out.name}.logs"
    logs.mkdir()
    options = "--algo ppo --env CartPole-v1 -n 40000 -f . --eval-freq 4000 --device cpu --num-threads 1".split()
    script = [sys.executable, "-W", "ignore", "-m", "rl_zoo3.train", *options, "--seed", str(given.seed)]
    subprocess.run([*script, *SETTINGS[given.fault]], cwd=logs, check=True)
    shutil.move(logs / "ppo" / "CartPole-v1_1", given.out)
    shutil.rmtree(logs)
    without_bulk(given.out)
    without_paths(given.out, {f"{Path(sys.prefix)}/": ""}, "command.txt")
    write_truth(
        given.out,
        framework=f"rl_zoo3 {version('rl_zoo3')}",
        command=command(given),
        fault=given.fault,
        reader="stable_baselines3.common.monitor.load_results, numpy.load",
        points=counts.monitors(given.out) | counts.evaluations(given.out),
        named=["wrong-discount"] if given.fault == "wrong-discount" else [],
        never=NEVER if given.fault == "none" else ["learning-rate-too-high", "reward-scale"],
    )


if __name__ == "__main__":
    main()
