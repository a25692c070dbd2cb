"""What the trainer asks of a flight recorder, and one that records nothing.

`forensics.recorder.Recorder` fits this protocol without knowing the trainer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Recorder(Protocol):
    """Takes what happens. It never raises into the training loop, except what torch itself raises in the clip."""

    stop_reason: str | None
    """Why the run should end now (a guard or the user's own rule), or None."""

    def watch(self, module: nn.Module, name: str, *, optimizer: Any = None) -> None:
        """Follow the parameters, gradients and activations of one module under this name."""

    def clip_grad_norm_(self, parameters: Iterable[Tensor], max_norm: float, *, name: str) -> Tensor:
        """Scale the gradients to a total L2 norm of at most `max_norm` (infinity: measure only).

        Returns the total norm *before* clipping, as `torch.nn.utils.clip_grad_norm_` does.
        """

    def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
        """Record one gradient update; return whether to go on. Vectors become their mean, std, min and max."""

    def record(self, event: str, values: Mapping[str, Any], env_step: int | None = None) -> bool:
        """Record anything else; return whether it is in the files."""

    def episode(
        self,
        episodic_return: float,
        episode_length: int,
        *,
        reason: str = "",
        env_step: int | None = None,
        **values: Any,
    ) -> None:
        """Record the end of a training episode."""

    def evaluation(
        self, episodic_returns: Sequence[float], episode_lengths: Sequence[int] = (), *, env_step: int | None = None
    ) -> None:
        """Record the episodes of an evaluation."""

    def checkpoint(self, path: Path | str) -> None:
        """Record that a checkpoint was written."""

    def log(self, message: str, level: str = "INFO") -> None:
        """Write a line for people."""

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint has to hold so that a resumed run goes on counting."""


class NullRecorder:
    """Clips as asked and records nothing."""

    stop_reason: str | None = None

    def watch(self, module: nn.Module, name: str, *, optimizer: Any = None) -> None:
        """Follow nothing."""

    def clip_grad_norm_(self, parameters: Iterable[Tensor], max_norm: float, *, name: str) -> Tensor:
        """Clip as torch does."""
        return torch.nn.utils.clip_grad_norm_(parameters, max_norm)

    def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
        """Go on."""
        return True

    def record(self, event: str, values: Mapping[str, Any], env_step: int | None = None) -> bool:
        """Drop the event."""
        return False

    def episode(
        self,
        episodic_return: float,
        episode_length: int,
        *,
        reason: str = "",
        env_step: int | None = None,
        **values: Any,
    ) -> None:
        """Drop the episode."""

    def evaluation(
        self, episodic_returns: Sequence[float], episode_lengths: Sequence[int] = (), *, env_step: int | None = None
    ) -> None:
        """Drop the evaluation."""

    def checkpoint(self, path: Path | str) -> None:
        """Take no notice."""

    def log(self, message: str, level: str = "INFO") -> None:
        """Say nothing."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing to go on with."""
        return {}
