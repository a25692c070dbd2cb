"""From `carla.Map` to a graph of lanes."""

from __future__ import annotations

import math
from typing import Any

from trainer.envs.course import Point
from trainer.envs.route import LaneGraph, LaneId

SPACING = 1.0  # m between points: 1 cm off the arc at the tightest turn of 10 m


def lane_graph(carla_map: Any) -> LaneGraph:
    """Read the topology, whose edges join the start of each lane to the start of each lane that follows it."""
    points: dict[LaneId, tuple[Point, ...]] = {}
    successors: dict[LaneId, set[LaneId]] = {}
    junctions = set()
    for start, following in carla_map.get_topology():
        for waypoint in (start, following):
            lane = lane_id(waypoint)
            if lane not in points:
                points[lane] = tuple(lane_points(waypoint))
                if waypoint.is_junction:
                    junctions.add(lane)
        if lane_id(start) != lane_id(following):
            successors.setdefault(lane_id(start), set()).add(lane_id(following))
    ordered = {lane: tuple(sorted(lanes)) for lane, lanes in successors.items()}
    return LaneGraph(points, ordered, frozenset(junctions))


def lane_points(waypoint: Any) -> list[Point]:
    """Points from a waypoint to the end of its lane, both included."""
    return [_point(each) for each in (waypoint, *waypoint.next_until_lane_end(SPACING))]


def lane_id(waypoint: Any) -> LaneId:
    """Name a waypoint's lane."""
    return LaneId(waypoint.road_id, waypoint.section_id, waypoint.lane_id)


def _point(waypoint: Any) -> Point:
    pose = waypoint.transform
    return Point(pose.location.x, pose.location.y, math.radians(pose.rotation.yaw), waypoint.lane_width / 2)
