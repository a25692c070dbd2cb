"""Train a small language model whose script prints, as such scripts print: one of several styles, into train.log.

    python tests/frameworks/train/language_run.py --style nanogpt --fault none --seed 0 --out RUNS/NAME

The lines are those of the projects that a style is named after, format strings copied from their sources:
nanogpt (train.py), keyvalue (name=value pairs), megatron (megatron/training/training.py, training_log), tqdm (the real
bar with set_postfix), argparse (prints its Namespace, dumps args.json and writes TensorBoard hparams).
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_host_name, write_truth
from tests.frameworks.train.tiny import BATCH, CONTEXT, FAULTS, NEVER, Row, language_model, rate_of

STEPS = 600
EVERY = 30
Counts = dict[str, int]


def nanogpt(rows: Iterator[Row], log: TextIO, out: Path, rate: float) -> Counts:
    """Print as nanoGPT does: every tenth iteration, and the estimated losses before them."""
    print("number of parameters: 0.04M", file=log)
    print("num decayed parameter tensors: 3, with 41,744 parameters", file=log)
    iterations = evaluations = 0
    for row in rows:
        if row.held_out is not None:
            print(f"step {row.step}: train loss {row.loss:.4f}, val loss {row.held_out:.4f}", file=log)
            evaluations += 1
        if row.step % 5 == 0:
            print(f"iter {row.step}: loss {row.loss:.4f}, time {row.seconds * 1000:.2f}ms, mfu {-100.0:.2f}%", file=log)
            iterations += 1
    return {f"train.log#{name}": iterations for name in ("loss", "time", "mfu")} | {
        f"train.log#{name}": evaluations for name in ("train_loss", "val_loss")
    }


def keyvalue(rows: Iterator[Row], log: TextIO, out: Path, rate: float) -> Counts:
    """Print name=value pairs, one line an update that is shown."""
    lines = evaluations = 0
    for row in rows:
        if row.step % 5 == 0:
            speed = BATCH * CONTEXT / row.seconds
            print(f"step={row.step} loss={row.loss:.4f} lr={row.rate:.3e} grad_norm={row.norm:.3f} tok/s={speed:.0f}",
                  file=log)  # fmt: skip
            lines += 1
        if row.held_out is not None:
            print(f"step={row.step} val_loss={row.held_out:.4f}", file=log)
            evaluations += 1
    return {f"train.log#{name}": lines for name in ("loss", "lr", "grad_norm", "tok/s")} | {
        "train.log#val_loss": evaluations
    }


def megatron(rows: Iterator[Row], log: TextIO, out: Path, rate: float) -> Counts:
    """Print as Megatron-LM's training_log and evaluate_and_print_results do."""
    lines = evaluations = 0
    for row in rows:
        done = row.step + 1
        if done % 5 == 0:
            line = f" [2026-11-23 09:{row.step // 60:02d}:{row.step % 60:02d}]"
            line += f" iteration {done:8d}/{STEPS:8d} |"
            line += f" consumed samples: {done * BATCH:12d} |"
            line += f" elapsed time per iteration (ms): {row.seconds * 1000:.1f} |"
            line += f" learning rate: {row.rate:.6E} |"
            line += f" global batch size: {BATCH:5d} |"
            line += f" lm loss: {row.loss:.6E} |"
            line += " loss scale: 1.0 |"
            line += f" grad norm: {row.norm:.3f} |"
            line += f" number of skipped iterations: {0:3d} |"
            line += f" number of nan iterations: {int(math.isnan(row.loss)):3d} |"
            print(line, file=log)
            lines += 1
        if row.held_out is not None:
            told = f" validation loss at iteration {done} | lm loss value: {row.held_out:.6E} | "
            told += f"lm loss PPL: {math.exp(min(20, row.held_out)):.6E} | "
            print("-" * (len(told) + 1), told, "-" * (len(told) + 1), sep="\n", file=log)
            evaluations += 1
    names = ("consumed_samples", "time_per_iteration_ms", "learning_rate", "global_batch_size", "lm_loss",
             "loss_scale", "grad_norm")  # fmt: skip
    return {f"train.log#{name}": lines for name in names} | {
        f"train.log#validation/{name}": evaluations for name in ("lm_loss_value", "lm_loss_ppl")
    }


def bar(rows: Iterator[Row], log: TextIO, out: Path, rate: float) -> Counts:
    """Draw the bar of tqdm over itself, with the loss behind it."""
    from tqdm import tqdm

    with tqdm(rows, total=STEPS, file=log, mininterval=0.05, ncols=120, ascii=True) as drawn:
        for row in drawn:
            if row.step % 5 == 0:
                drawn.set_postfix(loss=f"{row.loss:.4f}", lr=f"{row.rate:.2e}")
    log.flush()
    told = out.joinpath("train.log").read_text(encoding="utf-8")
    states = set(re.findall(r" (\d+)/\d+ \[[^]]*loss=", told))  # a bar is drawn several times at one count
    return {f"train.log#{name}": len(states) for name in ("loss", "lr")}


def dumps(rows: Iterator[Row], log: TextIO, out: Path, rate: float) -> Counts:
    """Print the Namespace, dump it as JSON, and write TensorBoard scalars and hparams."""
    from torch.utils.tensorboard import SummaryWriter

    given = argparse.Namespace(batch_size=BATCH, context=CONTEXT, lr=rate, optimizer="adamw", clip=1.0)
    print(given, file=log)
    out.joinpath("args.json").write_text(json.dumps(vars(given), indent=2), encoding="utf-8")
    writer = SummaryWriter(str(out))
    last = math.nan
    for row in rows:
        if row.step % 5 == 0:
            writer.add_scalar("train/loss", row.loss, row.step)
            writer.add_scalar("train/grad_norm", row.norm, row.step)
            writer.add_scalar("train/lr", row.rate, row.step)
        if row.held_out is not None:
            last = row.held_out
            writer.add_scalar("val/loss", last, row.step)
            print(f"step {row.step}: val loss {last:.4f}", file=log)
    writer.add_hparams(vars(given), {"hparam/val_loss": last}, run_name="hparams")
    writer.close()
    return {"train.log#val_loss": STEPS // EVERY}


STYLES: dict[str, Callable[[Iterator[Row], TextIO, Path, float], Counts]] = {
    "nanogpt": nanogpt, "keyvalue": keyvalue, "megatron": megatron, "tqdm": bar, "argparse": dumps,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--style", choices=sorted(STYLES), required=True)
    given = arguments("Train a small language model that logs as text.", sorted(FAULTS), parser)
    given.out.mkdir(parents=True)
    rows = language_model(given.fault, given.seed, STEPS, EVERY)
    with given.out.joinpath("train.log").open("w", encoding="utf-8") as log:
        points = STYLES[given.style](rows, log, given.out, rate_of(given.fault))
    without_host_name(given.out)
    fault = FAULTS.get(given.fault)
    write_truth(
        given.out,
        framework=f"text log, {given.style}",
        command=command(given, style=given.style),
        fault=given.fault,
        reader="counted by the script as it printed; tensorboard EventAccumulator",
        points=points | counts.tensorboard(given.out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
