"""A one-way loop of two lanes without junctions, whose front straight swings out and back: left, right, right, left."""

from __future__ import annotations

import math

from trainer.loopback.roads.builder import Link, Pose, Road, Segment, document, one_way, turn

STRAIGHT = 30.0  # m, before, between and after the bends
BEND_RADIUS = 30.0  # m
BEND_ANGLE = 50.0  # degrees
RADIUS = 45.0  # m, of the loop's two ends


def s_bend() -> str:
    """The OpenDRIVE text: road 1 holds the bends, roads 2 and 3 lead back to its start.

    Two roads would close the loop, but `carla.Waypoint.next` finds no way on from a road whose ends join one road.
    """
    bends = (
        Segment(STRAIGHT),
        turn(BEND_RADIUS, BEND_ANGLE),
        turn(BEND_RADIUS, -BEND_ANGLE),
        Segment(STRAIGHT),
        turn(BEND_RADIUS, -BEND_ANGLE),
        turn(BEND_RADIUS, BEND_ANGLE),
        Segment(STRAIGHT),
    )
    # Each bend swings out and straight again, so the front advances four chords' worth and ends on its own line.
    front_length = 3 * STRAIGHT + 4 * BEND_RADIUS * math.sin(math.radians(BEND_ANGLE))
    lanes = one_way(2)
    front = Road(1, Pose(0.0, 0.0, 0.0), bends, lanes, Link(3, "end"), Link(2, "start"))
    back = Road(2, front.end, (turn(RADIUS, 180), Segment(front_length)), lanes, Link(1, "end"), Link(3, "start"))
    last = Road(3, back.end, (turn(RADIUS, 180),), lanes, Link(2, "end"), Link(1, "start"))
    return document("s-bend", (front, back, last), {})
