"""A lane-keeping toy: steer to keep a bright stripe, which slides away on its own, in the middle of the image."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

Observation = dict[str, NDArray[Any]]


class PixelLane(gymnasium.Env[Any, Any]):
    """One uint8 frame and the last steering. Off the lane beyond half the width of the view ends the episode."""

    def __init__(
        self, backend: str = "none", image_size: int = 32, limit: int = 50, channels_last: bool = False
    ) -> None:
        assert backend == "none", "this environment has no simulator"
        self.image_size, self.limit, self.channels_last = image_size, limit, channels_last
        shape = (image_size, image_size, 1) if channels_last else (1, image_size, image_size)
        self.observation_space = gymnasium.spaces.Dict(
            {
                "image": gymnasium.spaces.Box(0, 255, shape, np.uint8),
                "state": gymnasium.spaces.Box(-1, 1, (1,), np.float32),
            }
        )
        self.action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)
        self.offset = self.heading = self.steer = 0.0
        self.steps = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        super().reset(seed=seed)
        self.offset, self.heading = self.np_random.uniform(-0.4, 0.4), self.np_random.uniform(-0.1, 0.1)
        self.steer, self.steps = 0.0, 0
        return self._observe(), {}

    def step(self, action: NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        self.steer = float(action[0])
        push = 0.2 * self.steer + 0.1 * self.offset  # the road is steep on both sides
        self.heading = 0.6 * self.heading + push + self.np_random.normal(0.0, 0.02)
        self.offset += self.heading
        self.steps += 1
        terminated = abs(self.offset) > 1.0
        parts = {"lane": 1.0 - abs(self.offset), "steer": -0.05 * abs(self.steer)}
        info: dict[str, Any] = {"reward_components": parts}
        if terminated:
            info["termination_reason"] = "off_lane"
        return self._observe(), sum(parts.values()), terminated, self.steps >= self.limit, info

    def _observe(self) -> Observation:
        columns = np.linspace(-1.5, 1.5, self.image_size)
        depth = np.linspace(1.0, 0.0, self.image_size)[:, None]  # the top rows look ahead
        distance = np.abs(columns + self.offset + depth * self.heading * 2)
        image = np.where(distance < 0.15, 230, 60).astype(np.uint8)
        image = image[..., None] if self.channels_last else image[None]
        return {"image": image, "state": np.array([self.steer], np.float32)}


gymnasium.register(
    "Tests/PixelLane-v0", entry_point=f"{__name__}:PixelLane", disable_env_checker=True, order_enforce=False
)
