"""Why an episode ends."""

from __future__ import annotations

import math
from enum import StrEnum

from trainer.envs.course import Position

LANE_MARGIN = 1.25  # of the half width: the centre of the car is over the line, half of it beyond
MAX_HEADING_ERROR = math.radians(75.0)
STALL_SPEED = 0.5  # m/s
STALL_TIME = 3.0  # s


class Reason(StrEnum):
    """The name of an end. The first five end the task (terminated), the others only the episode (truncated)."""

    COLLISION = "collision"
    OFF_LANE = "off_lane"
    WRONG_HEADING = "wrong_heading"
    STALLED = "stalled"
    ROUTE_COMPLETED = "route_completed"
    TIME_LIMIT = "time_limit"
    ROAD_ENDED = "road_ended"
    SIMULATOR_ERROR = "simulator_error"

    @property
    def truncates(self) -> bool:
        """Whether what would have followed still has a value."""
        return self in (Reason.TIME_LIMIT, Reason.ROAD_ENDED, Reason.SIMULATOR_ERROR)

    @property
    def failed(self) -> bool:
        """Whether the driver is to blame."""
        return self in (Reason.COLLISION, Reason.OFF_LANE, Reason.WRONG_HEADING, Reason.STALLED)


def failure(position: Position, collided: bool, stalled_for: float) -> Reason | None:
    """Return what the driver did wrong, the gravest first, or None; `stalled_for` in seconds."""
    if collided:
        return Reason.COLLISION
    if abs(position.lateral) > LANE_MARGIN * position.half_width:
        return Reason.OFF_LANE
    if abs(position.heading_error) > MAX_HEADING_ERROR:
        return Reason.WRONG_HEADING
    if stalled_for >= STALL_TIME:
        return Reason.STALLED
    return None
