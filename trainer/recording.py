"""What the trainer asks of a flight recorder, and one that records nothing.

The recorder that writes is `forensics.recorder`; it fits this protocol without knowing the trainer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

Value = Tensor | float | int | str | bool | None


class Recorder(Protocol):
    """Takes what happens; it never raises into the training loop and never waits for the device."""

    @property
    def stop_reason(self) -> str | None:
        """Why the run should end now (a guard or the user's own rule), or None."""

    def watch(self, module: nn.Module, name: str) -> None:
        """Follow the parameters and gradients of one module under this name."""

    def clip_grad_norm_(self, parameters: Iterable[Tensor], limit: float, name: str) -> Tensor:
        """Scale the gradients to a total L2 norm of at most `limit` (infinity: measure only).

        Returns the total norm *before* clipping, as `torch.nn.utils.clip_grad_norm_` does.
        """

    def step(self, env_step: int, update: int, episode: int) -> None:
        """Say where the run is: what is recorded from here on happened at these counts."""

    def record(self, event: str, payload: Mapping[str, Value]) -> None:
        """Take one event. Tensors of more than one element are summarised by mean, std, min and max."""


class NullRecorder:
    """Clips as asked and records nothing."""

    stop_reason: str | None = None

    def watch(self, module: nn.Module, name: str) -> None:
        """Follow nothing."""

    def clip_grad_norm_(self, parameters: Iterable[Tensor], limit: float, name: str) -> Tensor:
        """Scale the gradients to a total L2 norm of at most `limit`; return the norm before."""
        return torch.nn.utils.clip_grad_norm_(parameters, limit)

    def step(self, env_step: int, update: int, episode: int) -> None:
        """Take no notice."""

    def record(self, event: str, payload: Mapping[str, Value]) -> None:
        """Drop the event."""
