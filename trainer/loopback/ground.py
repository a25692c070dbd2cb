"""The ground as a camera sees it: every lane and mark of a network drawn once, from above, as a grid of surfaces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.loopback.alignment import Floats
from trainer.loopback.lanes import Stations, Strip, stations, strips
from trainer.loopback.opendrive import Mark, Network, OpenDriveError, Road, Section

CELL = 0.1  # m
MAX_CELLS = 32_000_000  # one byte each; a larger map gets larger cells
MARGIN = 20.0  # m of ground around the outermost road
GROUND_SHADES = 4

_MAX_EXTENT = 50_000.0  # m
_PATCH = 1.0  # m, the size of a patch of ground of one shade
_COARSE_STEP = 2.0  # m, to find the extent of the map and how far a lane's outer side is stretched
_MIN_MARK = 0.2  # m: narrower paint would fall between the pixels of a small camera
_DASH, _DASH_PERIOD = 4.0, 10.0  # m of paint, and of paint and gap together
_SOLID = ("solid", "solid solid", "solid broken", "broken solid", "curb")


class Surface(IntEnum):
    """What covers a cell. Values below `GROUND_SHADES` are shades of bare ground, so that motion shows off the road."""

    ASPHALT = 4
    PAVEMENT = 5
    WHITE = 6
    YELLOW = 7


_OF_LANE = {"none": None, "sidewalk": Surface.PAVEMENT, "border": Surface.PAVEMENT, "median": Surface.PAVEMENT}


@dataclass(frozen=True)
class Ground:
    """`surface[row, column]` covers the square of `cell` metres whose corner is (x0 + column·cell, y0 + row·cell)."""

    surface: NDArray[np.uint8]
    cell: float
    x0: float
    y0: float

    def at(self, x: float, y: float) -> int:
        """The surface at a point, a `Surface` or a shade of ground; beyond the map its edge goes on."""
        rows, columns = self.surface.shape
        row = min(max(math.floor((y - self.y0) / self.cell), 0), rows - 1)
        column = min(max(math.floor((x - self.x0) / self.cell), 0), columns - 1)
        return int(self.surface[row, column])

    def put(self, x: Floats, y: Floats, surface: Surface) -> None:
        """Cover the cells under the given points."""
        columns = ((x - self.x0) / self.cell).astype(np.intp)
        rows = ((y - self.y0) / self.cell).astype(np.intp)
        self.surface[rows, columns] = surface


def draw(network: Network, seed: int) -> Ground:
    """Draw a network on ground whose patches `seed` decides; raises `OpenDriveError` for a map wider than 50 km."""
    sections = [(road, section) for road in network.roads for section in road.sections]
    coarse = [_borders(road, section) for road, section in sections]
    ground = _bare([border for borders in coarse for border in borders], seed)
    fine = [
        # Points closer than a cell's half diagonal leave no cell uncovered, however a lane lies on the grid.
        stations(road, section, ground.cell / math.sqrt(2.0) / _stretch(borders))
        for (road, section), borders in zip(sections, coarse, strict=True)
    ]
    # All surfaces before any paint, or one road would cover the marks of another that it crosses.
    for (road, section), line in zip(sections, fine, strict=True):
        for strip in strips(road, section, line.s):
            _cover(ground, line, strip)
    for (road, section), line in zip(sections, fine, strict=True):
        for strip in strips(road, section, line.s):
            _mark(ground, line, section, strip)
    return ground


def _borders(road: Road, section: Section) -> list[tuple[Floats, Floats]]:
    """x and y of the reference line and then of every lane's outer border, coarsely."""
    line = stations(road, section, _COARSE_STEP)
    return [(line.x, line.y), *(line.beside(strip.outer) for strip in strips(road, section, line.s))]


def _stretch(borders: list[tuple[Floats, Floats]]) -> float:
    """How much longer the longest border is than the reference line, where that is worst; at least 1."""
    steps = [np.hypot(np.diff(x), np.diff(y)) for x, y in borders]
    return max(1.0, *(float(np.max(step / np.maximum(steps[0], 1e-9))) for step in steps))


def _bare(borders: list[tuple[Floats, Floats]], seed: int) -> Ground:
    xs, ys = (np.concatenate([border[axis] for border in borders]) for axis in (0, 1))
    x0, y0 = float(xs.min()) - MARGIN, float(ys.min()) - MARGIN
    width, height = float(xs.max()) + MARGIN - x0, float(ys.max()) + MARGIN - y0
    if not max(width, height) <= _MAX_EXTENT:
        raise OpenDriveError(
            f"the map is {width:.0f} m by {height:.0f} m; the loopback draws up to {_MAX_EXTENT:.0f} m"
        )
    cell = max(CELL, math.sqrt(width * height / MAX_CELLS))
    rows, columns = math.ceil(height / cell), math.ceil(width / cell)
    patch = max(1, round(_PATCH / cell))
    random = np.random.default_rng(seed)
    shades = random.integers(0, GROUND_SHADES, (rows // patch + 1, columns // patch + 1), np.uint8)
    surface = shades.repeat(patch, axis=0)[:rows].repeat(patch, axis=1)[:, :columns]
    return Ground(np.ascontiguousarray(surface), cell, x0, y0)


def _cover(ground: Ground, line: Stations, strip: Strip) -> None:
    surface = _OF_LANE.get(strip.lane.kind, Surface.ASPHALT)
    widest = float(np.max(np.abs(strip.outer - strip.inner)))
    if surface is None or widest == 0.0:
        return
    for fraction in np.linspace(0.0, 1.0, math.ceil(widest / ground.cell * math.sqrt(2.0)) + 1):
        ground.put(*line.beside(strip.inner + fraction * (strip.outer - strip.inner)), surface)


def _mark(ground: Ground, line: Stations, section: Section, strip: Strip) -> None:
    """Paint the marks of one lane along its outer border, inside the lane; those of the centre lane on the line."""
    ends = [*(following.start for _, following in pairwise(strip.lane.marks)), math.inf]
    s = line.s - section.start
    for mark, end in zip(strip.lane.marks, ends, strict=False):
        painted = (s >= mark.start) & (s < end) & _where_painted(mark, s)
        if not painted.any():
            continue
        side = (strip.lane.id > 0) - (strip.lane.id < 0)
        width = max(mark.width, _MIN_MARK)
        edge = Stations(*(values[painted] for values in line))
        surface = Surface.YELLOW if mark.colour == "yellow" else Surface.WHITE
        for inset in np.linspace(0.0, width, math.ceil(width / ground.cell * math.sqrt(2.0)) + 1):
            shift = inset - width / 2 if side == 0 else -side * inset
            ground.put(*edge.beside(strip.outer[painted] + shift), surface)


def _where_painted(mark: Mark, s: Floats) -> NDArray[np.bool_]:
    if mark.kind in _SOLID:
        return np.ones(s.shape, bool)
    if mark.kind in ("broken", "broken broken"):
        return s % _DASH_PERIOD < _DASH
    return np.zeros(s.shape, bool)
