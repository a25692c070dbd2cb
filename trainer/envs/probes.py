"""Manoeuvres whose outcome is known, tried on a simulator. Each returns whether it came about, and what was seen."""

from __future__ import annotations

import math

from trainer.envs.course import Point, wrapped
from trainer.envs.errors import SimulatorError
from trainer.envs.lanes import lane_points
from trainer.envs.simulator import Pose, Simulator

Outcome = tuple[bool, str]

_STRETCH = 20  # points, a metre apart, of straight lane that a manoeuvre needs
_STRAIGHT = math.radians(5.0)
_OBSTACLE = 15  # the point where the parked car stands
_TICKS = 20
_SPEED = 5.0  # m/s
_CRASH_SPEED = 10.0  # m/s


def drive_straight(simulator: Simulator) -> Outcome:
    """Full throttle for `_TICKS` from a standstill moves the car, faster and faster."""
    start, _ = _straight_lane(simulator)
    before = simulator.place(start, 0.0)
    for _ in range(_TICKS):
        after = simulator.drive(1.0, 0.0, 0.0)
    moved = math.hypot(after.x - before.x, after.y - before.y)
    return moved > 1.0 and after.speed > 1.0, f"{moved:.1f} m and {after.speed:.1f} m/s after {_TICKS} ticks"


def steer_right(simulator: Simulator) -> Outcome:
    """Steering right at speed turns the car clockwise, seen from above."""
    start, _ = _straight_lane(simulator)
    before = simulator.place(start, _SPEED)
    for _ in range(_TICKS // 2):
        after = simulator.drive(0.3, 0.3, 0.0)
    turned = math.degrees(wrapped(after.yaw - before.yaw))
    return turned > 3.0, f"put down at {before.speed:.1f} m/s, turned {turned:.0f} degrees clockwise"


def crash(simulator: Simulator) -> Outcome:
    """Driving into a parked car is reported, and it is not while the way there is free."""
    start, obstacle = _straight_lane(simulator)
    with simulator.rig.obstacle(obstacle.x, obstacle.y, start.z, math.degrees(obstacle.yaw)):
        simulator.place(start, _CRASH_SPEED)
        for tick in range(1, 2 * _TICKS + 1):
            if simulator.drive(0.6, 0.0, 0.0).collided:
                return tick > 1, f"a parked car was hit in tick {tick}"
    return False, f"no report within {2 * _TICKS} ticks"


def _straight_lane(simulator: Simulator) -> tuple[Pose, Point]:
    """A spawn point with straight lane before it, and the point on that lane where an obstacle goes."""
    for spawn in simulator.spawn_points:
        points = lane_points(simulator.waypoint(spawn))[:_STRETCH]
        if len(points) == _STRETCH and all(abs(wrapped(point.yaw - points[0].yaw)) < _STRAIGHT for point in points):
            return Pose(points[0].x, points[0].y, spawn.z, points[0].yaw), points[_OBSTACLE]
    raise SimulatorError(f"the map {simulator.map_name} has no straight lane of {_STRETCH} m at a spawn point")
