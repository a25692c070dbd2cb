"""Train a small run with CleanRL: one of its single-file scripts, unmodified, with its own arguments.

    python tests/frameworks/train/cleanrl_run.py --clone CLONE --algorithm dqn --fault none --seed 0 --out RUNS/NAME

CLONE is a checkout of CleanRL; it needs gymnasium 0.29, as CleanRL does. The run leaves one event file, whose text
plugin holds the hyperparameters, and what the script printed, as people keep it (`> train.log`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_host_name, write_truth

SCRIPTS = {"ppo": "ppo.py", "dqn": "dqn.py", "td3": "td3_continuous_action.py"}
USUAL = {
    "ppo": "--total-timesteps 32000",
    "dqn": "--total-timesteps 25000 --learning-starts 1000 --train-frequency 4",
    "td3": "--env-id Pendulum-v1 --total-timesteps 12000 --learning-starts 1000 --learning-rate 1e-3",
}
# numpy 2 has dropped a name that gymnasium 0.29 asks for; nothing of CleanRL is touched.
LAUNCH = (
    "import sys, runpy, numpy, torch; numpy.bool8 = numpy.bool_; torch.set_num_threads(1); sys.argv = sys.argv[1:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


@dataclass(frozen=True)
class Fault:
    """The argument that a user got wrong, what the verdict must name then, and what would be wrong."""

    argument: str
    named: tuple[str, ...]
    never: tuple[str, ...]


FAULTS = {
    ("ppo", "policy-update-too-large"): Fault(
        "--learning-rate 0.05 --no-anneal-lr --update-epochs 20",
        ("policy-update-too-large", "learning-rate-too-high"),
        ("q-overestimation", "reward-scale", "target-network-frozen"),
    ),
    ("dqn", "learning-rate-too-high"): Fault(
        "--learning-rate 0.1", ("learning-rate-too-high",), ("reward-scale", "target-network-frozen")
    ),
    ("td3", "learning-rate-too-high"): Fault(
        "--learning-rate 0.1",
        ("learning-rate-too-high", "tanh-saturation"),
        ("reward-scale", "exploration-collapsed", "target-network-frozen"),
    ),
}
NEVER = (
    "learning-rate-too-high",
    "policy-update-too-large",
    "q-overestimation",
    "q-divergence-offline",
    "reward-scale",
)


def train(clone: Path, algorithm: str, argument: str, seed: int, out: Path) -> None:
    """Run the script in a folder of its own, as a user would, and keep what it leaves there."""
    script = clone.resolve() / "cleanrl" / SCRIPTS[algorithm]
    words = [sys.executable, "-c", LAUNCH, str(script), "--seed", str(seed)]
    paths = os.pathsep.join([str(clone.resolve()), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory() as home:
        log = Path(home, "train.log")
        with log.open("wb") as stream:
            subprocess.run(
                [*words, *USUAL[algorithm].split(), *argument.split()],
                cwd=home, env={**os.environ, "PYTHONPATH": paths}, stdout=stream, check=True,
            )  # fmt: skip
        (run,) = Path(home, "runs").iterdir()
        shutil.copytree(run, out)
        out.joinpath("train.log").write_bytes(log.read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clone", type=Path, required=True, help="a checkout of CleanRL")
    parser.add_argument("--version", default="", help="what to call it in the truth: the commit")
    parser.add_argument("--algorithm", choices=sorted(SCRIPTS), required=True)
    given = arguments("Train a small run with CleanRL.", sorted({fault for _, fault in FAULTS}), parser)
    fault = FAULTS.get((given.algorithm, given.fault))
    if given.fault != "none" and fault is None:
        parser.error(f"{given.fault} is not planted in {given.algorithm}")
    out = given.out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    train(given.clone, given.algorithm, fault.argument if fault else "", given.seed, out)
    without_host_name(out)
    write_truth(
        out,
        framework=f"cleanrl {given.version}".strip(),
        command=command(given, clone="CLONE", algorithm=given.algorithm),
        fault=given.fault,
        reader="tensorboard EventAccumulator",
        points=counts.tensorboard(out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
