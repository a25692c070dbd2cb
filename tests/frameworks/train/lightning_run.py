"""Train a small classifier with PyTorch Lightning, logged by its CSVLogger and its TensorBoardLogger.

    python tests/frameworks/train/lightning_run.py --fault none --seed 0 --out RUNS/NAME

The run is one version folder: metrics.csv, hparams.yaml and the event files of the second logger, which hold the same
quantities. (A script named as the library would be imported in its place.)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import LearningRateMonitor
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, without_bulk, without_host_name, write_truth

CLASSES = 10
FEATURES = 16
ROWS = 8192


@dataclass(frozen=True)
class Fault:
    """What is done to the model or its data, what the verdict must name then, and what would be wrong."""

    named: tuple[str, ...]
    never: tuple[str, ...]
    rate: float = 1e-3


FAULTS = {
    # The classes are shuffled, as where labels and inputs are read in different orders.
    "loss-plateau": Fault(("loss-plateau",), ("learning-rate-too-high", "parameters-frozen", "non-finite-values")),
    "learning-rate-too-high": Fault(("learning-rate-too-high",), ("non-finite-values", "parameters-frozen"), rate=1.0),
    # One row of the data set is not a number.
    "non-finite-values": Fault(("non-finite-values",), ("learning-rate-too-high", "loss-plateau")),
}
NEVER = ("learning-rate-too-high", "loss-plateau", "non-finite-values", "parameters-frozen", "stale-metric")


class Classifier(lightning.LightningModule):
    """A multilayer perceptron that logs as the library's tutorials do."""

    def __init__(self, width: int = 32, learning_rate: float = 1e-3, batch_size: int = 128, epochs: int = 25) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Linear(FEATURES, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, CLASSES)
        )

    def training_step(self, batch: list[Tensor], index: int) -> Tensor:
        """Return the loss of a batch; the logger gets it at steps and as the mean of each epoch."""
        inputs, classes = batch
        loss = nn.functional.cross_entropy(self.net(inputs), classes)
        self.log("train_loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch: list[Tensor], index: int) -> None:
        """Log the loss and the accuracy on held-out data."""
        inputs, classes = batch
        scores = self.net(inputs)
        self.log("val_loss", nn.functional.cross_entropy(scores, classes))
        self.log("val_acc", (scores.argmax(1) == classes).float().mean())

    def configure_optimizers(self) -> Any:
        """Return Adam, and a rate that falls along a cosine to a tenth."""
        adam = torch.optim.Adam(self.parameters(), lr=self.hparams.learning_rate)
        cosine = torch.optim.lr_scheduler.CosineAnnealingLR(
            adam, T_max=self.hparams.epochs, eta_min=self.hparams.learning_rate / 10
        )
        return {"optimizer": adam, "lr_scheduler": cosine}


def data(fault: str) -> TensorDataset:
    """Return inputs, and the class that a fixed random network gives each: the tenth in which its output lies."""
    inputs = torch.randn(ROWS, FEATURES)
    teacher = nn.Sequential(nn.Linear(FEATURES, 32), nn.Tanh(), nn.Linear(32, 1))
    with torch.no_grad():
        classes = teacher(inputs).squeeze(1).argsort().argsort() * CLASSES // ROWS
    if fault == "loss-plateau":
        classes = classes[torch.randperm(ROWS)]
    if fault == "non-finite-values":
        inputs[ROWS // 2] = torch.nan
    return TensorDataset(inputs, classes)


def train(fault: str, out: Path) -> None:
    """Train as a user would."""
    rate = FAULTS[fault].rate if fault in FAULTS else 1e-3
    model = Classifier(learning_rate=rate)
    rows = data(fault)
    held_out = ROWS // 4
    learned = TensorDataset(*(part[held_out:] for part in rows.tensors))
    tested = TensorDataset(*(part[:held_out] for part in rows.tensors))
    trainer = lightning.Trainer(
        max_epochs=model.hparams.epochs,
        accelerator="cpu",
        logger=[CSVLogger(out.parent, name=out.name, version=""), TensorBoardLogger(out.parent, out.name, version="")],
        callbacks=[LearningRateMonitor()],
        log_every_n_steps=8,
        enable_progress_bar=False,
        enable_checkpointing=False,
    )
    loaders = (DataLoader(learned, model.hparams.batch_size, shuffle=True), DataLoader(tested, 256))
    trainer.fit(model, *loaders)


def main() -> None:
    given = arguments("Train a small classifier with PyTorch Lightning.", sorted(FAULTS))
    torch.set_num_threads(1)
    lightning.seed_everything(given.seed)
    train(given.fault, given.out)
    without_bulk(given.out)
    without_host_name(given.out)
    fault = FAULTS.get(given.fault)
    write_truth(
        given.out,
        framework=f"lightning {lightning.__version__}",
        command=f"tests/frameworks/train/lightning_run.py --fault {given.fault} --seed {given.seed}",
        fault=given.fault,
        reader="EventAccumulator, pandas.read_csv",
        points=counts.tensorboard(given.out) | counts.csv(given.out, "metrics.csv"),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
