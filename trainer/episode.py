"""What one episode of the training adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Episode:
    """Sums over the steps so far.

    An environment may say more in its info: `reward_components`, a dict of numbers that add up to the reward, and at
    the last step `termination_reason`.
    """

    episodic_return: float = 0.0
    length: int = 0
    components: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    """Why it ended; empty while it goes on."""
    terminated: bool = False

    def add(self, reward: float, terminated: bool, truncated: bool, info: Mapping[str, Any]) -> None:
        """Take one step."""
        self.episodic_return += reward
        self.length += 1
        for name, value in info.get("reward_components", {}).items():
            self.components[name] = self.components.get(name, 0.0) + float(value)
        if terminated or truncated:
            self.terminated = terminated
            self.reason = str(info.get("termination_reason", "terminated" if terminated else "time_limit"))

    def sums(self) -> dict[str, float]:
        """Return what is recorded beside return, length and reason."""
        components = {f"reward_{name}": value for name, value in self.components.items()}
        return {"terminated": float(self.terminated), **components}
