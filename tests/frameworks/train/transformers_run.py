"""Train a very small GPT-2 with the Trainer of transformers, which prints, writes TensorBoard and keeps its state.

    python tests/frameworks/train/transformers_run.py --fault none --seed 0 --out RUNS/NAME

The run holds trainer_state.json (save_state), an event file, and what the Trainer printed: dicts between its bars.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts, counts_trackers
from tests.frameworks.keep import arguments, command, without_bulk, without_host_name, write_truth
from tests.frameworks.train.tiny import FAULTS, NEVER, rate_of

STEPS = 300
CONTEXT = 32


def windows() -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Return windows of the source of argparse for learning and for evaluation, and the number of symbols."""
    import argparse

    text = inspect.getsource(argparse)
    symbols = sorted(set(text))
    codes = [symbols.index(each) for each in text]
    rows = [codes[at : at + CONTEXT] for at in range(0, len(codes) - CONTEXT, CONTEXT)]
    made = [{"input_ids": row, "labels": row} for row in rows]
    first = len(made) * 9 // 10
    return made[:first], made[first:], len(symbols)


def train(fault: str, seed: int) -> str:
    """Train as the documentation of the Trainer does; return the version of transformers."""
    import torch
    import transformers

    torch.set_num_threads(1)
    learned, held_out, symbols = windows()
    transformers.set_seed(seed)
    shape = transformers.GPT2Config(
        vocab_size=symbols, n_positions=CONTEXT, n_embd=32, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0
    )
    model = transformers.GPT2LMHeadModel(shape)
    given = transformers.TrainingArguments(
        output_dir=".", max_steps=STEPS, per_device_train_batch_size=16, per_device_eval_batch_size=16,
        learning_rate=rate_of(fault), lr_scheduler_type="cosine", warmup_steps=20, logging_steps=5,
        eval_strategy="steps", eval_steps=30, save_strategy="no", report_to=["tensorboard"], seed=seed, use_cpu=True,
    )  # fmt: skip

    class AfterwardsNan(transformers.TrainerCallback):
        """Break one weight half-way, as a division by zero in a custom layer would."""

        def on_step_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            if fault == "non-finite-values" and state.global_step == STEPS // 2:
                with torch.no_grad():
                    more["model"].lm_head.weight[0, 0] = torch.nan

    trainer = transformers.Trainer(
        model=model, args=given, train_dataset=learned, eval_dataset=held_out, callbacks=[AfterwardsNan()]
    )
    trainer.train()
    trainer.save_state()
    return str(transformers.__version__)


def main() -> None:
    given = arguments("Train a small GPT-2 with transformers.", sorted(FAULTS))
    out = given.out.resolve()
    out.mkdir(parents=True)
    again = command(given)
    log = out.joinpath("train.log").open("w", encoding="utf-8")
    os.chdir(out)
    os.environ["TENSORBOARD_LOGGING_DIR"] = "logs"
    with log, contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        version = train(given.fault, given.seed)
    without_bulk(out, ["*.bin", "*.safetensors"])
    without_host_name(out)
    fault = FAULTS.get(given.fault)
    write_truth(
        out,
        framework=f"transformers {version}",
        command=again,
        fault=given.fault,
        reader="tensorboard EventAccumulator; transformers TrainerState.load_from_json",
        points=counts.tensorboard(out) | counts_trackers.trainer_state(out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
