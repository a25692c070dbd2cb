"""Do two upright boxes touch, seen from above? By the separating axis theorem on their footprints."""

from __future__ import annotations

import math

from trainer.loopback.geometry import Transform, Vector


def touch(pose: Transform, extent: Vector, other: Transform, other_extent: Vector) -> bool:
    """True where the footprints overlap; extents hold half lengths in metres, yaw is the only rotation that counts."""
    dx, dy = other.x - pose.x, other.y - pose.y
    if math.hypot(dx, dy) > math.hypot(*extent[:2]) + math.hypot(*other_extent[:2]):
        return False
    relative = math.radians(other.yaw - pose.yaw)
    cos, sin = abs(math.cos(relative)), abs(math.sin(relative))
    return not any(
        abs(dx * axis_x + dy * axis_y) > reach
        for axis_x, axis_y, reach in (
            *_axes(
                pose,
                extent,
                (cos * other_extent[0] + sin * other_extent[1], sin * other_extent[0] + cos * other_extent[1]),
            ),
            *_axes(other, other_extent, (cos * extent[0] + sin * extent[1], sin * extent[0] + cos * extent[1])),
        )
    )


def _axes(pose: Transform, extent: Vector, projected: tuple[float, float]) -> tuple[Vector, Vector]:
    """The two axes of a footprint with the distance at which a box that reaches `projected` along them comes free."""
    cos, sin = math.cos(math.radians(pose.yaw)), math.sin(math.radians(pose.yaw))
    return (cos, sin, extent[0] + projected[0]), (-sin, cos, extent[1] + projected[1])
