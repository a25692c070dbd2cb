"""Train a small language model and log it with Weights & Biases, offline.

    python tests/frameworks/train/wandb_run.py --fault none --seed 0 --out RUNS/NAME

The run directory is one offline-run folder as the client leaves it: the binary record, which alone holds the numbers
and the configuration, and files/ with what was printed. The client is told to note neither machine nor packages.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts_trackers
from tests.frameworks.keep import arguments, command, write_truth
from tests.frameworks.train.tiny import BATCH, CONTEXT, FAULTS, NEVER, language_model, rate_of

STEPS = 600
EVERY = 30


def log(fault: str, seed: int, home: str) -> tuple[Path, str]:
    """Train as the client's quickstart does; return its folder and its version."""
    import wandb

    quiet = wandb.Settings(host="host", x_disable_meta=True, x_disable_stats=True, x_save_requirements=False,
                           program="train.py", console="wrap")  # fmt: skip
    config = {"learning_rate": rate_of(fault), "batch_size": BATCH, "context": CONTEXT, "steps": STEPS}
    run = wandb.init(project="characters", name="mlp", dir=home, mode="offline", config=config, settings=quiet)
    folder = Path(run.dir).parent
    for row in language_model(fault, seed, STEPS, EVERY):
        if row.step % 5 == 0:
            run.log({"train/loss": row.loss, "train/grad_norm": row.norm, "lr": row.rate}, step=row.step)
        if row.held_out is not None:
            run.log({"val/loss": row.held_out}, step=row.step)
            print(f"step {row.step}: train loss {row.loss:.4f}, val loss {row.held_out:.4f}")
    run.finish()
    wandb.teardown()  # the writer is another process, and has its last block to write
    return folder, str(wandb.__version__)


def main() -> None:
    given = arguments("Train a small language model logged by Weights & Biases.", sorted(FAULTS))
    os.environ["WANDB_SILENT"] = "true"
    os.environ["USER"] = os.environ["LOGNAME"] = "user"
    with tempfile.TemporaryDirectory() as home:
        folder, version = log(given.fault, given.seed, home)
        shutil.copytree(folder, given.out, ignore=shutil.ignore_patterns("logs", "tmp"))
    fault = FAULTS.get(given.fault)
    write_truth(
        given.out,
        framework=f"wandb {version}",
        command=command(given),
        fault=given.fault,
        reader="wandb.proto.wandb_internal_pb2, over the frames of LevelDB",
        points=counts_trackers.wandb(given.out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
