"""Ways through a graph of lanes: the straightest, and the shortest to a goal. No carla here."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from trainer.envs.course import Point, path_length, wrapped

_STRAIGHT = math.radians(30.0)  # a way through a junction that turns less is straight on


class LaneId(NamedTuple):
    """One lane between two ends of a road section, as CARLA names it."""

    road: int
    section: int
    lane: int


class Command(IntEnum):
    """What to do at the next branching."""

    FOLLOW = 0
    LEFT = 1
    RIGHT = 2
    STRAIGHT = 3


@dataclass(frozen=True)
class LaneGraph:
    """Every lane's points from its start to its end, which lanes follow it, and which lie in a junction."""

    points: Mapping[LaneId, tuple[Point, ...]]
    successors: Mapping[LaneId, tuple[LaneId, ...]]
    junctions: frozenset[LaneId]

    def length(self, lane: LaneId) -> float:
        """Metres along a lane."""
        return path_length(self.points[lane])

    def turn(self, lane: LaneId) -> float:
        """Radians, clockwise, by which a lane's end points away from its start, in [-pi, pi)."""
        return wrapped(self.points[lane][-1].yaw - self.points[lane][0].yaw)

    def command(self, lane: LaneId, following: LaneId) -> Command:
        """Return what leads from a lane to one of those that follow it."""
        if len(self.successors.get(lane, ())) < 2:
            return Command.FOLLOW
        turn = self.turn(following)
        if abs(turn) < _STRAIGHT:
            return Command.STRAIGHT
        return Command.RIGHT if turn > 0 else Command.LEFT


def straightest(graph: LaneGraph, start: LaneId, length: float) -> list[LaneId]:
    """Return the lanes from `start` that turn least at each branching, for `length` metres or to a dead end."""
    lanes, total = [start], 0.0
    while total < length and graph.successors.get(lanes[-1]):
        lanes.append(min(graph.successors[lanes[-1]], key=lambda lane: (abs(graph.turn(lane)), lane)))
        total += graph.length(lanes[-1])
    return lanes


def shortest(graph: LaneGraph, start: LaneId) -> dict[LaneId, tuple[float, list[LaneId]]]:
    """Dijkstra: for each lane that can be reached, metres from the end of `start` to its own end, and the lanes there.

    `start` itself is among them only by a way round.
    """
    found: dict[LaneId, tuple[float, list[LaneId]]] = {}
    queue = [(graph.length(lane), [start, lane]) for lane in graph.successors.get(start, ())]
    heapq.heapify(queue)
    while queue:
        distance, lanes = heapq.heappop(queue)
        if lanes[-1] in found:
            continue
        found[lanes[-1]] = (distance, lanes)
        for lane in graph.successors.get(lanes[-1], ()):
            if lane not in found:
                heapq.heappush(queue, (distance + graph.length(lane), [*lanes, lane]))
    return found


def choose_route(
    graph: LaneGraph, start: LaneId, bounds: tuple[float, float], generator: np.random.Generator
) -> list[LaneId]:
    """Return the shortest way to a random lane outside junctions, of which a part lies within `bounds` metres.

    Where there is none it is the lane that comes closest to them; a dead end gives `start` alone.
    """
    ways = {lane: way for lane, way in shortest(graph, start).items() if lane not in graph.junctions}
    if not ways:
        return [start]
    low, high = bounds
    off = {lane: max(low - end, end - graph.length(lane) - high, 0.0) for lane, (end, _) in ways.items()}
    least = min(off.values())
    goals = sorted(lane for lane, metres in off.items() if metres == least)
    return ways[goals[int(generator.integers(len(goals)))]][1]
