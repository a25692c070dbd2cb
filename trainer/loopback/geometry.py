"""Poses in CARLA's left-handed frame: x forward, y right, z up, in metres; angles in degrees, yaw from x towards y."""

from __future__ import annotations

import math
from typing import NamedTuple

Vector = tuple[float, float, float]


class Transform(NamedTuple):
    """A pose, in the field order of CARLA's wire format."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0


def axes(pose: Transform) -> tuple[Vector, Vector, Vector]:
    """The unit vectors that point forward, right and up from `pose`: the columns of `carla.Transform.get_matrix()`."""
    pitch, yaw, roll = math.radians(pose.pitch), math.radians(pose.yaw), math.radians(pose.roll)
    cp, sp, cy, sy, cr, sr = (f(a) for a in (pitch, yaw, roll) for f in (math.cos, math.sin))
    return (
        (cp * cy, cp * sy, sp),
        (cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, -cp * sr),
        (-cy * sp * cr - sy * sr, -sy * sp * cr + cy * sr, cp * cr),
    )


def attach(level: Transform, relative: Transform) -> Transform:
    """The world pose of what is mounted at `relative` on a level body (pitch and roll 0), for which yaw simply adds."""
    yaw = math.radians(level.yaw)
    cos, sin = math.cos(yaw), math.sin(yaw)
    return Transform(
        level.x + relative.x * cos - relative.y * sin,
        level.y + relative.x * sin + relative.y * cos,
        level.z + relative.z,
        relative.pitch,
        level.yaw + relative.yaw,
        relative.roll,
    )
