"""Actor and twin critic. Each holds the encoder that its own loss trains; a shared encoder is the critic's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.config import Networks
from trainer.encoder import Encoder


def mlp(inputs: int, outputs: int, hidden_dim: int) -> nn.Sequential:
    """Two hidden layers with ReLU."""
    return nn.Sequential(
        nn.Linear(inputs, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, outputs),
    )


class Actor(nn.Module):
    """The deterministic policy. It has an encoder of its own only where encoders are separate."""

    def __init__(self, config: Networks, image_shape: tuple[int, int, int], state_dim: int, action_dim: int) -> None:
        """Shapes are those of the frame stack, the state vector and the action vector."""
        super().__init__()
        self.encoder = Encoder(config, image_shape) if config.encoder == "separate" else None
        self.mlp = mlp(config.feature_dim + state_dim, action_dim, config.hidden_dim)

    def encode(self, images: Tensor, state: Tensor) -> Tensor:
        """What the actor sees, by its own encoder: features beside the state."""
        assert self.encoder is not None, "a shared encoder belongs to the critic"
        return torch.cat([self.encoder(images), state], dim=1)

    def forward(self, features: Tensor) -> Tensor:
        """Return actions in [-1, 1], shape (batch, action_dim)."""
        return torch.tanh(self.mlp(features))


class Critic(nn.Module):
    """Two Q functions over one encoder."""

    def __init__(self, config: Networks, image_shape: tuple[int, int, int], state_dim: int, action_dim: int) -> None:
        """Shapes are those of the frame stack, the state vector and the action vector."""
        super().__init__()
        self.encoder = Encoder(config, image_shape)
        self.q1 = mlp(config.feature_dim + state_dim + action_dim, 1, config.hidden_dim)
        self.q2 = mlp(config.feature_dim + state_dim + action_dim, 1, config.hidden_dim)

    def encode(self, images: Tensor, state: Tensor) -> Tensor:
        """What the critic sees: features beside the state, shape (batch, feature_dim + state_dim)."""
        return torch.cat([self.encoder(images), state], dim=1)

    def forward(self, features: Tensor, action: Tensor) -> tuple[Tensor, Tensor]:
        """Return Q1 and Q2, each of shape (batch,)."""
        inputs = torch.cat([features, action], dim=1)
        return self.q1(inputs).squeeze(1), self.q2(inputs).squeeze(1)

    def first(self, features: Tensor, action: Tensor) -> Tensor:
        """Return Q1 alone, which is what the actor climbs."""
        q1: Tensor = self.q1(torch.cat([features, action], dim=1)).squeeze(1)
        return q1
