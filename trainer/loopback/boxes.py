"""Other vehicles in a camera's image: boxes with shaded faces, the far ones painted first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.loopback.geometry import Transform, Vector, axes

FAR = 150.0  # m
_NEAR = 0.1  # m in front of the camera: what is closer is cut off


Axes = tuple[Vector, Vector, Vector]


class Box(NamedTuple):
    """A box by the pose of its middle, its half lengths (m) and its colour."""

    pose: Transform
    extent: Vector
    rgb: tuple[int, int, int]


# Each face by its axis, its side and its brightness, as if the light fell from above and behind.
_FACES = ((0, -1, 0.75), (0, 1, 0.6), (1, -1, 0.5), (1, 1, 0.5), (2, 1, 1.0), (2, -1, 0.2))


def draw_boxes(image: NDArray[np.uint32], boxes: Iterable[Box], camera: Transform, focal: float) -> None:
    """Paint boxes into an image of BGRA words; a nearer box covers a farther one."""
    eye = (camera.x, camera.y, camera.z)
    far_first = sorted(
        ((distance, box) for box in boxes if (distance := math.dist(eye, box.pose[:3])) < FAR),
        key=lambda pair: -pair[0],
    )
    frame = axes(camera)
    for _, box in far_first:
        _draw(image, box, eye, frame, focal)


def _draw(image: NDArray[np.uint32], box: Box, eye: Vector, frame: Axes, focal: float) -> None:
    centre = _seen_from(frame, _minus(box.pose[:3], eye))
    reach = math.hypot(*box.extent)
    half_width = image.shape[1] / 2 / focal
    if centre[0] < -reach or abs(centre[1]) > max(centre[0], 0.0) * half_width + reach * math.hypot(1.0, half_width):
        return
    edges = [
        _seen_from(frame, _plus((0.0, 0.0, 0.0), axis, half))
        for axis, half in zip(axes(box.pose), box.extent, strict=True)
    ]
    for axis, side, brightness in _FACES:
        middle = _plus(centre, edges[axis], side)
        # A face is seen from outside alone: the eye is the origin here.
        if _dot(middle, edges[axis]) * side >= 0.0:
            continue
        one, other = (edges[i] for i in range(3) if i != axis)
        corners = [_plus(_plus(middle, one, a), other, b) for a, b in ((-1, -1), (-1, 1), (1, 1), (1, -1))]
        _fill(image, _clipped(corners), focal, _word(box.rgb, brightness))


def _fill(image: NDArray[np.uint32], corners: Sequence[Vector], focal: float, word: int) -> None:
    """Paint a convex polygon given in the camera's frame."""
    if len(corners) < 3:
        return
    height, width = image.shape
    points = [(width / 2 + focal * y / x, height / 2 - focal * z / x) for x, y, z in corners]
    left, right = (_pixel(f(u for u, _ in points), width) for f in (min, max))
    top, bottom = (_pixel(f(v for _, v in points), height) for f in (min, max))
    if left >= right or top >= bottom:
        return
    u = np.arange(left, right) + 0.5
    v = (np.arange(top, bottom) + 0.5)[:, None]
    doubled_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
    sign = math.copysign(1.0, doubled_area)
    inside = np.ones((bottom - top, right - left), bool)
    for (u0, v0), (u1, v1) in zip(points, [*points[1:], points[0]], strict=True):
        inside &= sign * ((u1 - u0) * (v - v0) - (v1 - v0) * (u - u0)) >= 0.0
    image[top:bottom, left:right][inside] = word


def _clipped(corners: Sequence[Vector]) -> list[Vector]:
    """The part of a polygon in front of the near plane (Sutherland and Hodgman 1974)."""
    kept: list[Vector] = []
    for here, following in zip(corners, [*corners[1:], corners[0]], strict=True):
        if here[0] >= _NEAR:
            kept.append(here)
        if (here[0] >= _NEAR) != (following[0] >= _NEAR):
            share = (_NEAR - here[0]) / (following[0] - here[0])
            kept.append(_plus(here, _minus(following, here), share))
    return kept


def _pixel(coordinate: float, size: int) -> int:
    """The pixel boundary at a coordinate, held to the image."""
    return math.floor(min(max(coordinate + 0.5, 0.0), float(size)))


def _word(rgb: tuple[int, int, int], brightness: float) -> int:
    red, green, blue = (int(channel * brightness) for channel in rgb)
    return 0xFF000000 | red << 16 | green << 8 | blue


def _seen_from(frame: Axes, vector: Vector) -> Vector:
    """A vector of the world by its parts along the axes of a frame."""
    return _dot(frame[0], vector), _dot(frame[1], vector), _dot(frame[2], vector)


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _plus(a: Vector, b: Vector, factor: float) -> Vector:
    return a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]


def _minus(a: Sequence[float], b: Sequence[float]) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]
