"""The two tasks: keep to the lane, or drive a route to a goal. Each gives an episode its start and its course."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from trainer.envs.course import Course, Point, cut, path_length
from trainer.envs.lanes import lane_id, lane_points
from trainer.envs.route import Command, LaneId, choose_route, straightest
from trainer.envs.simulator import Pose, Simulator

Task = Literal["lane_keep", "route"]

ROADS: dict[Task, str] = {"lane_keep": "s-bend", "route": "intersection"}
"""The loopback's road for each task: a branching tells who only keeps to a lane nothing about which way is his."""
START_SPEED = 6.0  # m/s
START_YAW = math.radians(8.0)  # at most that much askew
START_LATERAL = 0.3  # m, at most that far off the middle
LANE_KEEP_LENGTH = 2_000.0  # m: beyond what a usual time limit allows
ROUTE_LENGTH = (60.0, 300.0)  # m to a part of the goal's lane; a longer way ends there
ANNOUNCED = 40.0  # m before a branching at which its command is given


@dataclass(frozen=True)
class Junction:
    """A branching on a course: metres from the start, and what to do there."""

    distance: float
    command: Command


@dataclass(frozen=True)
class Plan:
    """What an episode is to drive."""

    start: Pose
    speed: float
    course: Course
    lanes: tuple[LaneId, ...]
    junctions: tuple[Junction, ...] = ()

    def ahead(self, travelled: float) -> tuple[Command, float]:
        """Return what to do at the next branching and how many metres on; FOLLOW and `ANNOUNCED` where none is near."""
        for junction in self.junctions:
            distance = junction.distance - travelled
            if 0.0 <= distance < ANNOUNCED:
                return junction.command, distance
        return Command.FOLLOW, ANNOUNCED


def plan(task: Task, simulator: Simulator, generator: np.random.Generator) -> Plan:
    """Draw a start and a course. All of what is random comes from `generator`."""
    point = simulator.spawn_points[int(generator.integers(len(simulator.spawn_points)))]
    waypoint = simulator.waypoint(point)
    graph, start = simulator.graph, lane_id(waypoint)
    points = lane_points(waypoint)
    here = path_length(points)
    low, high = ROUTE_LENGTH
    if task == "route":
        lanes = choose_route(graph, start, (low - here, high - here), generator)
    else:
        lanes = straightest(graph, start, LANE_KEEP_LENGTH)
    junctions = []
    for lane, following in pairwise(lanes):
        command = graph.command(lane, following)
        if command is not Command.FOLLOW:
            junctions.append(Junction(path_length(points), command))
        points.extend(graph.points[following])
    pose = _askew(points[0], point.z, generator)
    course = Course(cut(points, high) if task == "route" else points)
    return Plan(pose, START_SPEED, course, tuple(lanes), tuple(junctions))


def _askew(point: Point, z: float, generator: np.random.Generator) -> Pose:
    aside = generator.uniform(-START_LATERAL, START_LATERAL)
    x, y = point.x - aside * math.sin(point.yaw), point.y + aside * math.cos(point.yaw)
    return Pose(x, y, z, point.yaw + generator.uniform(-START_YAW, START_YAW))
