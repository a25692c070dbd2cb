"""The reference line of an OpenDRIVE road: where it is and where it points, at any distance along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Spirals have no closed form: their heading, a parabola, is integrated by Simpson's rule over this many intervals.
_SPIRAL_INTERVALS = 64


class Polynomial(NamedTuple):
    """a + b·d + c·d² + d·d³ with d counted from `start`."""

    start: float
    coefficients: tuple[float, float, float, float]


class Curve(NamedTuple):
    """A line, arc or spiral: the curvature runs linearly from `begin` to `end` (1/m, positive to the left)."""

    s: float
    x: float
    y: float
    heading: float
    length: float
    begin: float = 0.0
    end: float = 0.0


class Cubic(NamedTuple):
    """A paramPoly3 (or poly3): u(p) and v(p) in the frame of its start; p runs to `span` over the length."""

    s: float
    x: float
    y: float
    heading: float
    length: float
    u: tuple[float, float, float, float]
    v: tuple[float, float, float, float]
    span: float


Geometry = Curve | Cubic


def evaluate(polynomials: Sequence[Polynomial], distance: Floats) -> Floats:
    """The piecewise polynomial at each distance; 0 before the first piece."""
    values = np.zeros_like(distance)
    for start, (a, b, c, d) in polynomials:
        inside = distance >= start
        t = distance[inside] - start
        values[inside] = a + t * (b + t * (c + t * d))
    return values


def locate(line: Sequence[Geometry], s: Floats) -> tuple[Floats, Floats, Floats]:
    """x, y (m) and heading (rad) of the reference line at each `s`, in OpenDRIVE's right-handed frame."""
    x, y, heading = np.zeros_like(s), np.zeros_like(s), np.zeros_like(s)
    for geometry in line:
        inside = s >= geometry.s
        local = np.minimum(s[inside] - geometry.s, geometry.length)
        u, v, turned = _curve(geometry, local) if isinstance(geometry, Curve) else _cubic(geometry, local)
        cos, sin = np.cos(geometry.heading), np.sin(geometry.heading)
        x[inside] = geometry.x + u * cos - v * sin
        y[inside] = geometry.y + u * sin + v * cos
        heading[inside] = geometry.heading + turned
    return x, y, heading


def _curve(curve: Curve, s: Floats) -> tuple[Floats, Floats, Floats]:
    rate = (curve.end - curve.begin) / curve.length if curve.length else 0.0
    turned = s * (curve.begin + 0.5 * rate * s)
    if rate == 0.0:
        # sin(x)/x and its like stay exact as the curvature goes to zero.
        chord = s * np.sinc(turned / (2 * np.pi))
        return chord * np.cos(turned / 2), chord * np.sin(turned / 2), turned
    steps = np.linspace(0.0, 1.0, _SPIRAL_INTERVALS + 1)
    weights = np.ones(_SPIRAL_INTERVALS + 1)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    along = s[:, None] * steps
    angle = along * (curve.begin + 0.5 * rate * along)
    scale = s / (3 * _SPIRAL_INTERVALS)
    return scale * (np.cos(angle) @ weights), scale * (np.sin(angle) @ weights), turned


def _cubic(cubic: Cubic, s: Floats) -> tuple[Floats, Floats, Floats]:
    p = s / cubic.length * cubic.span if cubic.length else s
    u, v = (a + p * (b + p * (c + p * d)) for a, b, c, d in (cubic.u, cubic.v))
    slope_u, slope_v = (b + p * (2 * c + 3 * p * d) for _, b, c, d in (cubic.u, cubic.v))
    return u, v, np.arctan2(slope_v, slope_u)
