"""The models that several scripts train, each in a few seconds; how they are logged is the scripts' own affair."""

from __future__ import annotations

import argparse
import inspect
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

CONTEXT = 12
BATCH = 128
RATE = 3e-3


@dataclass(frozen=True)
class Fault:
    """What the verdict must name, and what would be wrong."""

    named: tuple[str, ...]
    never: tuple[str, ...]


FAULTS = {
    # 0.9 with AdamW: the loss alone cannot show it, and supervised training knows such rates with other optimizers.
    "learning-rate-too-high": Fault((), ("loss-plateau", "non-finite-values", "parameters-frozen")),
    # The rate is a millionth of what was meant, as after a schedule that divides twice.
    "loss-plateau": Fault(("loss-plateau",), ("learning-rate-too-high", "non-finite-values")),
    # Half-way one weight becomes NaN, as after a division by zero in a custom layer.
    "non-finite-values": Fault(("non-finite-values",), ("learning-rate-too-high", "loss-plateau")),
}
NEVER = ("learning-rate-too-high", "loss-plateau", "non-finite-values", "parameters-frozen", "clip-missing")


@dataclass
class Row:
    """What is known after one update."""

    step: int
    loss: float
    rate: float
    norm: float
    seconds: float
    held_out: float | None = None


def rate_of(fault: str) -> float:
    """Return the learning rate to train with."""
    return RATE * {"learning-rate-too-high": 300, "loss-plateau": 1e-6}.get(fault, 1)


def language_model(fault: str, seed: int, steps: int, every: int) -> Iterator[Row]:
    """Train a character model on the source of argparse; yield every update, with the held-out loss now and then.

    The rate falls along a cosine to a tenth, the gradient norm is that before the clip at 1.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    learned, held_out, symbols = _text()
    hidden = nn.Linear(16 * CONTEXT, 128)
    model = nn.Sequential(nn.Embedding(symbols, 16), nn.Flatten(), hidden, nn.Tanh(), nn.Linear(128, symbols))
    adam = torch.optim.AdamW(model.parameters(), lr=rate_of(fault), weight_decay=0.01)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(adam, T_max=steps, eta_min=rate_of(fault) / 10)
    for step in range(steps):
        begun = time.perf_counter()
        if fault == "non-finite-values" and step == steps // 2:
            with torch.no_grad():
                hidden.weight[0, 0] = torch.nan
        inputs, classes = learned
        chosen = torch.randint(len(inputs), (BATCH,))
        loss = nn.functional.cross_entropy(model(inputs[chosen]), classes[chosen])
        adam.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        rate = float(cosine.get_last_lr()[0])
        adam.step()
        cosine.step()
        row = Row(step, loss.item(), rate, norm.item(), time.perf_counter() - begun)
        if step % every == every - 1:
            with torch.no_grad():
                row.held_out = nn.functional.cross_entropy(model(held_out[0]), held_out[1]).item()
        yield row


def _text() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor], int]:
    """Return windows of the text and the character that follows each, for learning and held out."""
    text = inspect.getsource(argparse)
    symbols = sorted(set(text))
    codes = torch.tensor([symbols.index(each) for each in text])
    windows = codes.unfold(0, CONTEXT + 1, 1)
    inputs, classes = windows[:, :-1], windows[:, -1]
    first = len(windows) * 9 // 10
    return (inputs[:first], classes[:first]), (inputs[first:], classes[first:]), len(symbols)
