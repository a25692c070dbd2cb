"""The reward of one step, as named parts that add up to it."""

from __future__ import annotations

import math

from trainer.envs.course import Position
from trainer.envs.reasons import LANE_MARGIN, Reason

TARGET_SPEED = 7.0  # m/s, 25 km/h
LANE_WEIGHT = 0.5
STEERING_WEIGHT = 0.1
END_WEIGHT = 5.0  # what five good steps are worth


def reward_components(
    position: Position, speed: float, steering_change: float, reason: Reason | None
) -> dict[str, float]:
    """Return progress, lane, overspeed, steering and end; at target speed in the middle of the lane they make 1.

    `speed` in m/s; `steering_change` in units of the action, at most 2. Each part but `end` lies in [-1, 1].
    """
    pace = speed / TARGET_SPEED
    return {
        "progress": min(pace, 1.0) * math.cos(position.heading_error),
        "lane": -LANE_WEIGHT * min(abs(position.lateral) / (LANE_MARGIN * position.half_width), 1.0),
        "overspeed": -min(max(pace - 1.0, 0.0), 1.0),
        "steering": -STEERING_WEIGHT * abs(steering_change),
        "end": _end(reason),
    }


def no_reward() -> dict[str, float]:
    """Return the parts of a step about which nothing is known."""
    return dict.fromkeys(("progress", "lane", "overspeed", "steering", "end"), 0.0)


def _end(reason: Reason | None) -> float:
    if reason is Reason.ROUTE_COMPLETED:
        return END_WEIGHT
    return -END_WEIGHT if reason is not None and reason.failed else 0.0
