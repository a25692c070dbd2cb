"""Drives an environment in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from trainer.envs.env import CarlaEnv


class Step(NamedTuple):
    """What a step gave."""

    image: bytes
    state: list[float]
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


def keep_lane(info: dict[str, Any]) -> list[float]:
    """An action that keeps to the course."""
    return [-0.8 * info["lateral"] - 2.0 * info["heading_error"], 0.5 * (7.0 - info["speed"])]


def episode(env: CarlaEnv, actions: Any = None, seed: int | None = None, limit: int = 10_000) -> list[Step]:
    """Drive to the end of an episode: the same action always, those a generator draws, or (None) along the course."""
    _, info = env.reset(seed=seed)
    steps: list[Step] = []
    while len(steps) < limit and not (steps and (steps[-1].terminated or steps[-1].truncated)):
        if isinstance(actions, np.random.Generator):
            action = actions.uniform(-1.0, 1.0, 2)
        else:
            action = np.clip(keep_lane(info) if actions is None else actions, -1.0, 1.0)
        seen, reward, terminated, truncated, info = env.step(action.astype(np.float32))
        state = [float(each) for each in seen["state"]]
        steps.append(Step(seen["image"].tobytes(), state, reward, terminated, truncated, info))
    return steps
