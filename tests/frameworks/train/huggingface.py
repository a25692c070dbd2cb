"""Train a tiny language model with the Trainer of Hugging Face's transformers, from a configuration alone.

    python tests/frameworks/train/huggingface.py --fault none --seed 0 --out RUNS/NAME

The run is an output directory: trainer_state.json, in which the Trainer keeps its log, and the event file of its
TensorBoard callback, which holds the same. The text is made up: each symbol follows from the two before it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

import torch
import transformers
from torch.utils.data import Dataset
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments, set_seed

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.counts_lines import trainer_state
from tests.frameworks.keep import arguments, without_bulk, without_host_name, write_truth

SYMBOLS = 20
LENGTH = 32
STEPS = 400


@dataclass(frozen=True)
class Fault:
    """What the verdict must name and what would be wrong."""

    named: tuple[str, ...]
    never: tuple[str, ...]


FAULTS = {
    # The symbols are drawn at random, as where tokens and the model's vocabulary do not belong together. A model that
    # was trained before has a flat loss as well, and nothing in the log tells which this is.
    "loss-plateau": Fault((), ("learning-rate-too-high", "parameters-frozen", "collapse-after-peak")),
    # A mask that covers everything: the mean of no losses is not a number.
    "non-finite-values": Fault(("non-finite-values",), ("learning-rate-too-high", "loss-plateau")),
}
NEVER = ("learning-rate-too-high", "loss-plateau", "non-finite-values", "parameters-frozen", "stale-metric")


class Text(Dataset[dict[str, torch.Tensor]]):
    """Sequences in which a symbol is the sum of the two before it, or anything at all."""

    def __init__(self, rows: int, fault: str) -> None:
        self.rows = torch.randint(SYMBOLS, (rows, LENGTH))
        if fault != "loss-plateau":
            for place in range(2, LENGTH):
                self.rows[:, place] = (self.rows[:, place - 2] + self.rows[:, place - 1]) % SYMBOLS
        self.labels = self.rows.clone()
        if fault == "non-finite-values":
            self.labels[rows // 2 :] = -100

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> dict[str, torch.Tensor]:
        return {"input_ids": self.rows[row], "labels": self.labels[row]}


def train(fault: str, seed: int, out: Path) -> None:
    """Train as a user would."""
    set_seed(seed)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=SYMBOLS, n_positions=LENGTH, n_embd=48, n_layer=2, n_head=2))
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(out / "runs")
    asked = TrainingArguments(
        output_dir=str(out),
        max_steps=STEPS,
        per_device_train_batch_size=4 if fault == "non-finite-values" else 32,
        learning_rate=1e-3,
        logging_steps=5,
        eval_strategy="steps",
        eval_steps=25,
        save_strategy="no",
        report_to=["tensorboard"],
        logging_nan_inf_filter=False,
        seed=seed,
        use_cpu=True,
        disable_tqdm=True,
    )
    trainer = Trainer(model, asked, train_dataset=Text(2048, fault), eval_dataset=Text(256, fault))
    trainer.train()
    trainer.save_state()


def main() -> None:
    given = arguments("Train a tiny language model with Hugging Face's Trainer.", sorted(FAULTS))
    torch.set_num_threads(1)
    train(given.fault, given.seed, given.out)
    without_bulk(given.out, ["*.safetensors"])
    without_host_name(given.out)
    fault = FAULTS.get(given.fault)
    write_truth(
        given.out,
        framework=f"transformers {transformers.__version__}",
        command=f"tests/frameworks/train/huggingface.py --fault {given.fault} --seed {given.seed}",
        fault=given.fault,
        reader="EventAccumulator, transformers.TrainerState",
        points=counts.tensorboard(given.out) | trainer_state(given.out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
