"""Where the lanes of a network lie on the ground, and where vehicles may start on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from trainer.loopback.alignment import Floats, evaluate, locate
from trainer.loopback.geometry import Transform
from trainer.loopback.opendrive import Lane, Network, Road, Section

SPAWN_SPACING = 20.0  # m
SPAWN_HEIGHT = 0.3  # m: above ground, as CARLA's spawn points are, so that a real server does not refuse them


class Stations(NamedTuple):
    """Points along a section's reference line, in CARLA's left-handed frame (y and heading negated)."""

    s: Floats
    x: Floats
    y: Floats
    heading: Floats

    def beside(self, offset: Floats) -> tuple[Floats, Floats]:
        """x and y at `offset` metres to the left of the line, one offset a station (or one row of offsets)."""
        shape = (slice(None), None) if offset.ndim == 2 else slice(None)
        x, y, heading = self.x[shape], self.y[shape], self.heading[shape]
        return x + offset * np.sin(heading), y - offset * np.cos(heading)


class Strip(NamedTuple):
    """One lane between its inner and outer border, metres to the left of the reference line at each station."""

    lane: Lane
    inner: Floats
    outer: Floats


def stations(road: Road, section: Section, step: float) -> Stations:
    """Points along `section`, both ends included, at most `step` metres apart."""
    count = max(2, int(np.ceil((section.end - section.start) / step)) + 1)
    s = np.linspace(section.start, section.end, count)
    x, y, heading = locate(road.line, s)
    return Stations(s, x, -y, -heading)


def strips(road: Road, section: Section, s: Floats) -> Iterator[Strip]:
    """Every lane of a section with its borders at `s`; the centre lane first, without width."""
    centre = evaluate(road.offsets, s)
    yield from (Strip(lane, centre, centre) for lane in section.lanes if lane.id == 0)
    for side in (-1, 1):
        inner = centre
        for lane in section.outwards(side):
            outer = inner + side * evaluate(lane.widths, s - section.start)
            yield Strip(lane, inner, outer)
            inner = outer


def spawn_points(network: Network) -> list[Transform]:
    """Starts in the middle of driving lanes outside junctions, looking where the lane leads (right-hand traffic)."""
    found = []
    for road in network.roads:
        if road.in_junction:
            continue
        for section in road.sections:
            # Half a spacing from either end, so that no start stands in the mouth of a junction.
            inside = np.arange(section.start + SPAWN_SPACING / 2, section.end - SPAWN_SPACING / 4, SPAWN_SPACING)
            if not len(inside):
                continue
            x, y, heading = locate(road.line, inside)
            line = Stations(inside, x, -y, -heading)
            for lane, inner, outer in strips(road, section, inside):
                if lane.kind != "driving" or lane.id == 0:
                    continue
                yaw = np.degrees(line.heading) + (0.0 if lane.id < 0 else 180.0)
                yaw = (yaw + 180.0) % 360.0 - 180.0
                for px, py, pyaw in zip(*line.beside((inner + outer) / 2), yaw, strict=True):
                    found.append(Transform(float(px), float(py), SPAWN_HEIGHT, 0.0, float(pyaw), 0.0))
    return found
