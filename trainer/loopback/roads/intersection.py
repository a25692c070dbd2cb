"""A crossing of two-way roads whose arms are joined in pairs by two leaves, so that every route goes on for ever.

        ,---2---.
   N---'         1     leaf 1-2 leaves by the east arm and comes back by the north arm,
W--+--E---------'      leaf 3-4 leaves by the west arm and comes back by the south arm
   S                   (not drawn: it is leaf 1-2 turned by half a turn)
"""

from __future__ import annotations

import math
from typing import NamedTuple

from trainer.loopback.roads.builder import Connection, Lane, Link, Pose, Road, Segment, document, turn

RADIUS = 45.0  # m, of a leaf
HALF = 12.0  # m, from the middle of the crossing to where an arm begins; the radius of a turn through it
CROSSING = 100


class _Arm(NamedTuple):
    """Where a road meets the crossing: its end, the lane that leads in, the lane that leads out, and its direction."""

    road: int
    contact: str
    into: int
    out: int
    quarter: int  # quarter turns counter-clockwise from east


_ARMS = (
    _Arm(1, "start", 1, -1, 0),
    _Arm(2, "end", -1, 1, 1),
    _Arm(3, "start", 1, -1, 2),
    _Arm(4, "end", -1, 1, 3),
)
# By how many arms, counter-clockwise, the target lies from where one comes: right, ahead, left.
_WAYS = {1: turn(HALF, -90), 2: Segment(2 * HALF), 3: turn(HALF, 90)}


def intersection() -> str:
    """The OpenDRIVE text: leaves 1-2 and 3-4, junction 100 with twelve connecting roads (11 to 22)."""
    roads = [*_leaf(1, 2, 0), *_leaf(3, 4, 2)]
    connections = []
    ways = ((arm, _ARMS[(arm.quarter + arms) % 4], segment) for arm in _ARMS for arms, segment in _WAYS.items())
    for number, (arm, target, segment) in enumerate(ways, start=11):
        roads.append(_through(number, arm, target, segment))
        connections.append(Connection(arm.road, number, ((arm.into, -1),)))
    return document("intersection", roads, {CROSSING: connections})


def _leaf(first: int, second: int, quarter: int) -> tuple[Road, Road]:
    """Two roads, for `carla.Waypoint.next` finds no way on from a road whose two ends join one junction."""
    lanes = (Lane(1, "solid", 1, 1), Lane(-1, "solid", -1, -1))
    straight, half_way, mark = Segment(RADIUS - HALF), turn(RADIUS, 135), ("broken", "yellow")
    away = Road(first, _mouth(quarter), (straight, half_way), lanes, Link(CROSSING), Link(second, "start"), mark)
    return away, Road(second, away.end, (half_way, straight), lanes, Link(first, "end"), Link(CROSSING), mark)


def _through(road: int, arm: _Arm, target: _Arm, segment: Segment) -> Road:
    mouth = _mouth(arm.quarter)
    return Road(
        road,
        Pose(mouth.x, mouth.y, mouth.heading + math.pi),
        (segment,),
        (Lane(-1, "none", arm.into, target.out),),
        Link(arm.road, arm.contact),
        Link(target.road, target.contact),
        ("none", "white"),
        CROSSING,
    )


def _mouth(quarter: int) -> Pose:
    """Where an arm begins, looking away from the crossing."""
    heading = quarter * math.pi / 2
    return Pose(HALF * math.cos(heading), HALF * math.sin(heading), heading)
