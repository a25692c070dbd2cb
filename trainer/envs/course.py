"""A path on the ground, and where a vehicle is relative to it. CARLA's frame: y to the right, yaw clockwise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_BACK, _AHEAD = 3, 12  # segments around the last known one in which the vehicle is looked for
_SAME = 0.05  # m: points closer than this are one


class Point(NamedTuple):
    """A point of a lane's centre line: metres, yaw in radians, half the lane's width in metres."""

    x: float
    y: float
    yaw: float
    half_width: float


class Position(NamedTuple):
    """Metres from the path's start, metres to its right, radians clockwise of it, and the lane's half width there."""

    travelled: float
    lateral: float
    heading_error: float
    half_width: float


class Course:
    """A path of two points or more that a vehicle follows from its start.

    The vehicle is looked for near where it was last, so lanes that cross or lie beside the path do not count.
    """

    def __init__(self, points: Iterable[Point]) -> None:
        self.points = _without_doubles(points)
        if len(self.points) < 2:
            raise ValueError("a course needs two points that differ")
        self._distances = [0.0]
        for a, b in pairwise(self.points):
            self._distances.append(self._distances[-1] + math.hypot(b.x - a.x, b.y - a.y))
        self._segment = 0

    @property
    def length(self) -> float:
        """Metres from the first point to the last."""
        return self._distances[-1]

    def locate(self, x: float, y: float, yaw: float) -> Position:
        """Return the position of a vehicle (metres, radians), and remember it for the next call."""
        best, nearest, best_share = self._segment, math.inf, 0.0
        last = len(self.points) - 2
        for index in range(max(0, self._segment - _BACK), min(last, self._segment + _AHEAD) + 1):
            a, b = self.points[index], self.points[index + 1]
            dx, dy = b.x - a.x, b.y - a.y
            share = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy)
            share = min(max(share, 0.0), 1.0)
            square = (a.x + share * dx - x) ** 2 + (a.y + share * dy - y) ** 2
            if square < nearest:
                best, nearest, best_share = index, square, share
        self._segment = best
        return self._position(best, best_share, x, y, yaw)

    def _position(self, index: int, share: float, x: float, y: float, yaw: float) -> Position:
        a, b = self.points[index], self.points[index + 1]
        dx, dy = b.x - a.x, b.y - a.y
        length = math.hypot(dx, dy)
        right = (dx * (y - a.y) - dy * (x - a.x)) / length
        course = a.yaw + share * wrapped(b.yaw - a.yaw)
        half_width = a.half_width + share * (b.half_width - a.half_width)
        return Position(self._distances[index] + share * length, right, wrapped(yaw - course), half_width)


def path_length(points: Iterable[Point]) -> float:
    """Return the metres along some points."""
    return sum(math.hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(points))


def cut(points: Sequence[Point], length: float) -> list[Point]:
    """Return the points up to `length` metres along them, and at least the first two."""
    travelled = 0.0
    for number, (a, b) in enumerate(pairwise(points), start=1):
        travelled += math.hypot(b.x - a.x, b.y - a.y)
        if travelled > length:
            return list(points[: max(number, 2)])
    return list(points)


def wrapped(angle: float) -> float:
    """Return the same angle, in radians, in [-pi, pi)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


def _without_doubles(points: Iterable[Point]) -> Sequence[Point]:
    kept: list[Point] = []
    for point in points:
        if not kept or math.hypot(point.x - kept[-1].x, point.y - kept[-1].y) > _SAME:
            kept.append(point)
    return kept
