"""Writes OpenDRIVE 1.4: roads made of lines and arcs, and the junctions that join them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

LANE_WIDTH = 3.5  # m
SPEED_LIMIT = 50  # km/h
# Without a geoReference carla.Map warns on stderr.
_GEO_REFERENCE = "+proj=tmerc +lat_0=49 +lon_0=8 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"


class Pose(NamedTuple):
    """A point of a reference line in OpenDRIVE's right-handed frame; heading in radians, counter-clockwise."""

    x: float
    y: float
    heading: float


class Segment(NamedTuple):
    """A piece of a reference line: metres, and 1/m (positive bends left; 0 is a line)."""

    length: float
    curvature: float = 0.0

    def end(self, start: Pose) -> Pose:
        """Where the segment ends when it begins at `start`."""
        x, y, heading = start
        if self.curvature == 0.0:
            return Pose(x + self.length * math.cos(heading), y + self.length * math.sin(heading), heading)
        radius, turned = 1.0 / self.curvature, heading + self.curvature * self.length
        return Pose(
            x + radius * (math.sin(turned) - math.sin(heading)),
            y - radius * (math.cos(turned) - math.cos(heading)),
            turned,
        )


def turn(radius: float, degrees: float) -> Segment:
    """An arc of `radius` metres through `degrees`, positive to the left."""
    return Segment(radius * math.radians(abs(degrees)), math.copysign(1.0 / radius, degrees))


class Link(NamedTuple):
    """What a road's end joins: a road at its `start` or `end`, or a junction (no contact)."""

    element: int
    contact: str = ""


class Lane(NamedTuple):
    """A driving lane: its id, its outer mark, and the lanes it continues where the road joins another road."""

    id: int
    mark: str
    predecessor: int | None = None
    successor: int | None = None


@dataclass(frozen=True)
class Road:
    """One road: its reference line from `start`, its lanes, and what its two ends join."""

    id: int
    start: Pose
    segments: tuple[Segment, ...]
    lanes: tuple[Lane, ...]
    predecessor: Link
    successor: Link
    centre_mark: tuple[str, str] = ("solid", "yellow")  # type, colour
    junction: int = -1

    @property
    def end(self) -> Pose:
        """The pose at the end of the reference line."""
        pose = self.start
        for segment in self.segments:
            pose = segment.end(pose)
        return pose


class Connection(NamedTuple):
    """A way through a junction: from a lane of the incoming road into a lane of the connecting road, at its start."""

    incoming: int
    connecting: int
    lanes: tuple[tuple[int, int], ...]


def one_way(lanes: int, *, marked: bool = True) -> tuple[Lane, ...]:
    """Lanes side by side in the direction of the reference line; broken marks between them, a solid one outside."""
    marks = ["broken"] * (lanes - 1) + ["solid"] if marked else ["none"] * lanes
    return tuple(Lane(-i, mark, -i, -i) for i, mark in enumerate(marks, start=1))


def document(name: str, roads: Iterable[Road], junctions: dict[int, Sequence[Connection]]) -> str:
    """The OpenDRIVE text of a network; `junctions` gives the connections of each junction id."""
    root = ET.Element("OpenDRIVE")
    head = _child(root, "header", revMajor=1, revMinor=4, name=name, version=1)
    _child(head, "geoReference").text = _GEO_REFERENCE
    for road in roads:
        _write_road(root, road)
    for junction, connections in junctions.items():
        _write_junction(root, junction, connections)
    return '<?xml version="1.0" standalone="yes"?>\n' + ET.tostring(root, encoding="unicode")


def _write_road(root: ET.Element, road: Road) -> None:
    length = sum(segment.length for segment in road.segments)
    element = _child(root, "road", name=f"road {road.id}", length=length, id=road.id, junction=road.junction)
    link = _child(element, "link")
    for end, joined in (("predecessor", road.predecessor), ("successor", road.successor)):
        if joined.contact:
            _child(link, end, elementType="road", elementId=joined.element, contactPoint=joined.contact)
        else:
            _child(link, end, elementType="junction", elementId=joined.element)
    _child(_child(element, "type", s=0, type="town"), "speed", max=SPEED_LIMIT, unit="km/h")
    _write_plan(_child(element, "planView"), road)
    _child(_child(element, "elevationProfile"), "elevation", s=0, a=0, b=0, c=0, d=0)
    _child(element, "lateralProfile")
    _write_lanes(_child(element, "lanes"), road)


def _write_plan(plan: ET.Element, road: Road) -> None:
    pose, s = road.start, 0.0
    for segment in road.segments:
        geometry = _child(plan, "geometry", s=s, x=pose.x, y=pose.y, hdg=pose.heading, length=segment.length)
        if segment.curvature == 0.0:
            _child(geometry, "line")
        else:
            _child(geometry, "arc", curvature=segment.curvature)
        pose, s = segment.end(pose), s + segment.length


def _write_lanes(lanes: ET.Element, road: Road) -> None:
    _child(lanes, "laneOffset", s=0, a=0, b=0, c=0, d=0)
    section = _child(lanes, "laneSection", s=0)
    left = [lane for lane in road.lanes if lane.id > 0]
    right = [lane for lane in road.lanes if lane.id < 0]
    if left:
        _write_side(_child(section, "left"), left)
    centre = _child(_child(section, "center"), "lane", id=0, type="none", level="false")
    _write_mark(centre, *road.centre_mark)
    if right:
        _write_side(_child(section, "right"), right)


def _write_side(side: ET.Element, lanes: list[Lane]) -> None:
    for lane in sorted(lanes, reverse=True):
        element = _child(side, "lane", id=lane.id, type="driving", level="false")
        link = _child(element, "link")
        if lane.predecessor is not None:
            _child(link, "predecessor", id=lane.predecessor)
        if lane.successor is not None:
            _child(link, "successor", id=lane.successor)
        _child(element, "width", sOffset=0, a=LANE_WIDTH, b=0, c=0, d=0)
        _write_mark(element, lane.mark, "white")


def _write_mark(lane: ET.Element, kind: str, colour: str) -> None:
    change = "both" if kind == "broken" else "none"
    _child(lane, "roadMark", sOffset=0, type=kind, weight="standard", color=colour, width=0.15, laneChange=change)


def _write_junction(root: ET.Element, junction: int, connections: Sequence[Connection]) -> None:
    element = _child(root, "junction", id=junction, name=f"junction {junction}")
    for number, (incoming, connecting, lanes) in enumerate(connections):
        connection = _child(
            element,
            "connection",
            id=number,
            incomingRoad=incoming,
            connectingRoad=connecting,
            contactPoint="start",
        )
        for origin, target in lanes:
            _child(connection, "laneLink", **{"from": origin, "to": target})


def _child(parent: ET.Element, tag: str, **attributes: float | str) -> ET.Element:
    return ET.SubElement(parent, tag, {name: _text(value) for name, value in attributes.items()})


def _text(value: float | str) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)
