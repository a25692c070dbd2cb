"""Networks and a batch, small enough to train in a moment, with the names that blocks of plain PyTorch speak of."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

OBSERVATION, ACTION = 6, 2


class Network(nn.Module):
    """An encoder and a head; a critic is given actions as well."""

    def __init__(self, inputs: int, outputs: int, *, bounded: bool = False) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(inputs, 16), nn.ReLU())
        self.head = nn.Sequential(nn.Linear(16, outputs), nn.Tanh() if bounded else nn.Identity())

    def forward(self, *inputs: Any) -> Any:
        return self.head(self.encoder(torch.cat(inputs, dim=-1)))


class Critic(Network):
    """Q of an observation and an action; the encoder sees the observation alone."""

    def __init__(self) -> None:
        super().__init__(OBSERVATION, 1)
        self.head = nn.Sequential(nn.Linear(16 + ACTION, 1))

    def forward(self, *inputs: Any) -> Any:
        return self.head(torch.cat([self.encoder(inputs[0]), inputs[1]], dim=-1))


def batch(size: int = 32) -> dict[str, Any]:
    """A random batch of transitions."""
    return {
        "observations": torch.randn(size, OBSERVATION),
        "actions": torch.rand(size, ACTION) * 2 - 1,
        "rewards": torch.randn(size, 1),
        "dones": (torch.rand(size, 1) < 0.1).float(),
    }
