"""When a record was made, on every clock a run has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """Wall clock (Unix seconds), monotonic clock (seconds), and what the run has counted so far."""

    wall: float
    monotonic: float
    env_step: int | None
    update: int
    episode: int

    @property
    def step(self) -> int:
        """The step of TensorBoard: environment steps, or updates where no environment is counted."""
        return self.update if self.env_step is None else self.env_step
