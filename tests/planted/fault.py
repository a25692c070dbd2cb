"""What a fault of a run on Stable-Baselines3 is: at two strengths, in one of the places where people make mistakes.

A fault may change the configuration (then the saved config.yaml says so, as it would at a user's), wrap the
environment, edit the model after it was built, or act from a callback (then nothing but its effect reveals it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Config = dict[str, Any]
STRENGTHS = ("mild", "strong")


def _same(value: Any, _amount: float) -> Any:
    return value


def _nothing(_of: Any, _amount: float) -> None:
    return None


@dataclass(frozen=True)
class Fault:
    """One planted fault. Every hook is given the amount that the asked strength stands for."""

    amounts: tuple[float, float] = (1.0, 1.0)
    """The amount at mild and at strong; equal where there is nothing to scale."""
    cause: str = ""
    """The id that a diagnosis should name, where it is not the fault's own name."""
    also: tuple[str, ...] = ()
    """Other ids of the catalogue that the same mistake makes true."""
    config: Callable[[Config, float], Config] = field(default=_same)
    environment: Callable[[Any, float], Any] = field(default=_same)
    model: Callable[[Any, float], None] = field(default=_nothing)
    callback: Callable[[Any, float], Any] = field(default=_nothing)
    """From the configuration to a callback, or None."""

    def amount(self, strength: str) -> float:
        """Return the amount of a strength."""
        return self.amounts[STRENGTHS.index(strength)]
