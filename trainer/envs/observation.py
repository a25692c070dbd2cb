"""The spaces: one grey frame and a small state in, wheel and pedals out."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from trainer.envs.camera import Picture, grey
from trainer.envs.reward import TARGET_SPEED
from trainer.envs.route import Command
from trainer.envs.tasks import ANNOUNCED

STEER_SCALE = 0.45  # of full lock: turns on 9 m, as tight as lanes do, and no tighter, so that random driving lasts
BRAKE_SCALE = 0.4  # of full pressure, so that an action brakes about as hard as its opposite drives

Observation = dict[str, NDArray[Any]]


def observation_space(image_size: int, *, with_command: bool) -> spaces.Space[Any]:
    """Image uint8 (1, size, size); state float32: speed over target speed, last two actions, then command and distance.

    The last five, for a route only, are one-hot FOLLOW, LEFT, RIGHT, STRAIGHT and the share of `ANNOUNCED` metres left.
    """
    low, high = [0.0, -1.0, -1.0], [10.0, 1.0, 1.0]
    if with_command:
        low, high = [*low, *[0.0] * 5], [*high, *[1.0] * 5]
    return spaces.Dict(
        {
            "image": spaces.Box(0, 255, (1, image_size, image_size), np.uint8),
            "state": spaces.Box(np.array(low, np.float32), np.array(high, np.float32), dtype=np.float32),
        }
    )


def action_space() -> spaces.Space[Any]:
    """Steering (right positive) and pedals (throttle positive, brake negative)."""
    return spaces.Box(-1.0, 1.0, (2,), np.float32)


def controls(steer: float, pedal: float) -> tuple[float, float, float]:
    """Return throttle, steer and brake of `carla.VehicleControl`, each within its range."""
    return max(pedal, 0.0), STEER_SCALE * steer, BRAKE_SCALE * max(-pedal, 0.0)


def observe(
    picture: Picture, speed: float, action: tuple[float, float], ahead: tuple[Command, float] | None
) -> Observation:
    """Return what the driver sees; `speed` in m/s, `ahead` the next command and its distance in metres."""
    state = [min(speed / TARGET_SPEED, 10.0), *action]
    if ahead is not None:
        command, distance = ahead
        state += [float(command == each) for each in Command]
        state.append(distance / ANNOUNCED)
    return {"image": grey(picture), "state": np.array(state, np.float32)}
