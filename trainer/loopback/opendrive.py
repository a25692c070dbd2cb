"""Reads the OpenDRIVE text that a client sends into the lanes that the camera sees and vehicles start on.

Read: plan view (line, arc, spiral, poly3, paramPoly3), lane offsets, lane sections, widths, road marks. The loopback's
world is flat: elevation, superelevation and objects are not read. `carla.Map` reads the same text in the client.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from trainer.loopback.alignment import Cubic, Curve, Geometry, Polynomial

MAX_LENGTH = 100_000.0
"""Metres of road that are accepted: more than any town that ships with CARLA, little enough to draw in seconds."""


class OpenDriveError(ValueError):
    """The text is not an OpenDRIVE network that the loopback can load; the message says why."""


@dataclass(frozen=True)
class Mark:
    """The paint on a lane's outer border, from `start` metres into its section."""

    start: float
    kind: str
    colour: str
    width: float


@dataclass(frozen=True)
class Lane:
    """A strip beside the reference line; ids grow to the left, 0 is the line itself (no width, only its mark)."""

    id: int
    kind: str
    widths: tuple[Polynomial, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Section:
    """The lanes between two distances along a road."""

    start: float
    end: float
    lanes: tuple[Lane, ...]

    def outwards(self, side: int) -> list[Lane]:
        """The lanes on one side (-1 right, 1 left), from the reference line outwards."""
        return sorted((lane for lane in self.lanes if lane.id * side > 0), key=lambda lane: abs(lane.id))


@dataclass(frozen=True)
class Road:
    """One road: its reference line, the shift of its lanes from it, and its lane sections."""

    id: str
    length: float
    in_junction: bool
    line: tuple[Geometry, ...]
    offsets: tuple[Polynomial, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Network:
    """All roads of one OpenDRIVE text, and the text."""

    text: str
    roads: tuple[Road, ...]


def read(text: str) -> Network:
    """Read a network; raises `OpenDriveError` for what is malformed, empty or beyond `MAX_LENGTH`."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise OpenDriveError("OpenDRIVE with a document type declaration is not accepted")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities, the danger of this parser, are refused above
        roads = tuple(_road(element) for element in root.iter("road"))
    except (ET.ParseError, KeyError, ValueError) as error:
        raise OpenDriveError(f"not OpenDRIVE: {error}") from error
    if not roads:
        raise OpenDriveError("the OpenDRIVE text holds no road")
    if not any(road.sections for road in roads):
        raise OpenDriveError("the OpenDRIVE text holds no lanes")
    length = sum(road.length for road in roads)
    if length > MAX_LENGTH:
        raise OpenDriveError(f"{length:.0f} m of road; the loopback draws up to {MAX_LENGTH:.0f} m")
    return Network(text, roads)


def _road(element: ET.Element) -> Road:
    length = _number(element, "length")
    lanes = element.find("lanes")
    parts = [] if lanes is None else lanes.findall("laneSection")
    starts = [_number(part, "s") for part in parts]
    return Road(
        element.attrib["id"],
        length,
        element.get("junction", "-1") != "-1",
        tuple(_geometry(item) for item in element.iterfind("planView/geometry")),
        tuple(_polynomial(item, "s") for item in element.iterfind("lanes/laneOffset")),
        tuple(
            Section(start, end, tuple(_lanes(part)))
            for part, start, end in zip(parts, starts, [*starts[1:], length], strict=False)
        ),
    )


def _geometry(element: ET.Element) -> Geometry:
    s, x, y, heading, length = (_number(element, name) for name in ("s", "x", "y", "hdg", "length"))
    shape = next(iter(element), None)
    kind = "nothing" if shape is None else shape.tag
    if shape is None or kind not in ("line", "arc", "spiral", "poly3", "paramPoly3"):
        raise ValueError(f"geometry {kind} is not known")
    if kind == "line":
        return Curve(s, x, y, heading, length)
    if kind == "arc":
        curvature = _number(shape, "curvature")
        return Curve(s, x, y, heading, length, curvature, curvature)
    if kind == "spiral":
        return Curve(s, x, y, heading, length, _number(shape, "curvStart"), _number(shape, "curvEnd"))
    if kind == "poly3":
        v = _coefficients(shape)
        return Cubic(s, x, y, heading, length, (0.0, 1.0, 0.0, 0.0), v, length)
    span = length if shape.get("pRange") == "arcLength" else 1.0
    return Cubic(s, x, y, heading, length, _coefficients(shape, "U"), _coefficients(shape, "V"), span)


def _lanes(section: ET.Element) -> Iterator[Lane]:
    for side in ("left", "center", "right"):
        for element in section.iterfind(f"{side}/lane"):
            yield Lane(
                int(element.attrib["id"]),
                element.get("type", "none"),
                tuple(_polynomial(item, "sOffset") for item in element.iterfind("width")),
                tuple(_mark(item) for item in element.iterfind("roadMark")),
            )


def _mark(element: ET.Element) -> Mark:
    width = _number(element, "width") if "width" in element.attrib else 0.15
    return Mark(_number(element, "sOffset"), element.get("type", "none"), element.get("color", "standard"), width)


def _polynomial(element: ET.Element, start: str) -> Polynomial:
    return Polynomial(_number(element, start), _coefficients(element))


def _coefficients(element: ET.Element, suffix: str = "") -> tuple[float, float, float, float]:
    a, b, c, d = (_number(element, name + suffix) for name in "abcd")
    return a, b, c, d


def _number(element: ET.Element, name: str) -> float:
    value = float(element.attrib[name])
    if not math.isfinite(value):
        raise ValueError(f"{name} of <{element.tag}> is {value}")
    return value
