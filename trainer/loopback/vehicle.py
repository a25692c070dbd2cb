"""The kinematic bicycle: how one vehicle moves in one step.

Equations: Kong, Pfeiffer, Schildbach, Borrelli, "Kinematic and dynamic vehicle models for autonomous driving control
design", IEEE Intelligent Vehicles Symposium 2015, eq. 2a-2e, with the reference point midway between the axles and the
front wheels steered. Within a step the steering angle is constant, so the path is an arc and is integrated exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from trainer.loopback.geometry import Transform, Vector

WHEELBASE = 2.875  # m, Tesla Model 3
MAX_STEER = math.radians(40.0)  # of the front wheels at steer = 1
THROTTLE_ACCELERATION = 4.0  # m/s² at full throttle from standstill
BRAKE_DECELERATION = 8.0  # m/s²: dry asphalt
DRAG = 0.08  # 1/s: with full throttle the top speed is 50 m/s


class Control(NamedTuple):
    """`carla.VehicleControl`, in the field order of the wire."""

    throttle: float = 0.0
    steer: float = 0.0
    brake: float = 0.0
    hand_brake: bool = False
    reverse: bool = False
    manual_gear_shift: bool = False
    gear: int = 0


class Motion(NamedTuple):
    """Speed (m/s, negative in reverse), its rate (m/s²), yaw rate (deg/s) and slip (deg): course minus yaw."""

    speed: float = 0.0
    acceleration: float = 0.0
    yaw_rate: float = 0.0
    slip: float = 0.0


def control(values: Sequence[float]) -> Control:
    """A control as a client sent it, held to its ranges; what is not a number counts as 0, as an idle pedal would."""
    throttle, steer, brake, hand_brake, reverse, manual, gear = values
    return Control(
        _within(throttle, 0.0, 1.0),
        _within(steer, -1.0, 1.0),
        _within(brake, 0.0, 1.0),
        bool(hand_brake),
        bool(reverse),
        bool(manual),
        int(_within(gear, -1, 10)),
    )


def advance(
    pose: Transform, motion: Motion, controls: Control, dt: float, held_speed: float | None = None
) -> tuple[Transform, Motion]:
    """Pose and motion `dt` seconds on, level on the ground; `held_speed` overrides throttle and brake."""
    speed = _next_speed(motion.speed, controls, dt) if held_speed is None else held_speed
    slip = math.atan(0.5 * math.tan(controls.steer * MAX_STEER))
    distance = 0.5 * (motion.speed + speed) * dt
    turn = distance * math.sin(slip) / (0.5 * WHEELBASE)
    course = math.radians(pose.yaw) + slip + 0.5 * turn
    chord = distance * (math.sin(0.5 * turn) / (0.5 * turn) if turn else 1.0)
    moved = Transform(
        pose.x + chord * math.cos(course),
        pose.y + chord * math.sin(course),
        0.0,
        0.0,
        _wrapped(pose.yaw + math.degrees(turn)),
        0.0,
    )
    return moved, Motion(speed, (speed - motion.speed) / dt, math.degrees(turn) / dt, math.degrees(slip))


def along_course(length: float, pose: Transform, motion: Motion) -> Vector:
    """A vector of `length` in the direction in which the vehicle moves."""
    course = math.radians(pose.yaw + motion.slip)
    return (length * math.cos(course), length * math.sin(course), 0.0)


def _next_speed(speed: float, controls: Control, dt: float) -> float:
    drive = -controls.throttle if controls.reverse else controls.throttle
    speed += (drive * THROTTLE_ACCELERATION - DRAG * speed) * dt
    braking = max(controls.brake, float(controls.hand_brake)) * BRAKE_DECELERATION * dt
    # Brakes stop a vehicle; they never push it the other way.
    return math.copysign(max(0.0, abs(speed) - braking), speed)


def _within(value: float, low: float, high: float) -> float:
    number = float(value)
    return 0.0 if math.isnan(number) else min(max(number, low), high)


def _wrapped(degrees: float) -> float:
    """The same angle in [-180, 180), as Unreal reports it: a float32 keeps no precision on a thousand turns."""
    return (degrees + 180.0) % 360.0 - 180.0
