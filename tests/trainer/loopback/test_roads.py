"""The generated roads, as `carla.Map` reads them: every lane leads on, and the ways part where they should."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from trainer.loopback import opendrive
from trainer.loopback.geometry import Transform
from trainer.loopback.lanes import spawn_points
from trainer.loopback.roads import ROADS
from trainer.loopback.roads.builder import LANE_WIDTH


def carla_map(name: str) -> Any:
    carla = pytest.importorskip("carla", reason="carla has no wheel for this platform or Python")
    return carla.Map(name, ROADS[name]())


@pytest.mark.parametrize("name", ROADS)
def test_a_road_is_the_same_at_every_call(name: str) -> None:
    assert ROADS[name]() == ROADS[name]()


@pytest.mark.parametrize("name", ROADS)
def test_every_lane_leads_on_without_a_gap_or_a_kink(name: str) -> None:
    for waypoint, distance in product(carla_map(name).generate_waypoints(2.0), (1.0, 2.5)):
        following = waypoint.next(distance)
        assert following, f"road {waypoint.road_id} lane {waypoint.lane_id} ends at {waypoint.s}"
        for other in following:
            gap = waypoint.transform.location.distance(other.transform.location)
            assert gap < 1.6 * distance  # the outer lane of an arc is longer than its reference line
            turned = abs((other.transform.rotation.yaw - waypoint.transform.rotation.yaw + 180) % 360 - 180)
            assert turned < 20


@pytest.mark.parametrize(("name", "edges"), [("loop", 16), ("s-bend", 6), ("intersection", 28)])
def test_the_topology_has_each_way_once(name: str, edges: int) -> None:
    ways = [(a.road_id, a.lane_id, b.road_id, b.lane_id) for a, b in carla_map(name).get_topology()]
    assert len(ways) == len(set(ways)) == edges


def test_the_loop_forks_and_merges() -> None:
    ways = {(a.road_id, b.road_id) for a, b in carla_map("loop").get_topology()}
    assert {(1, 10), (1, 11)} <= ways  # one road leads into two
    assert {(20, 1), (21, 1)} <= ways  # and two into one


def test_every_arm_of_the_intersection_leads_to_the_three_others() -> None:
    ways = [(a.road_id, a.lane_id, b.road_id) for a, b in carla_map("intersection").get_topology()]
    for road, lane in [(1, 1), (2, -1), (3, 1), (4, -1)]:
        assert sum(1 for a, b, c in ways if (a, b) == (road, lane) and c > 10) == 3


def test_the_s_bend_turns_both_ways() -> None:
    headings = [w.transform.rotation.yaw for w in carla_map("s-bend").generate_waypoints(2.0) if w.road_id == 1]
    assert min(headings) < -40  # CARLA counts a left turn negative
    assert max(headings) > 40


@pytest.mark.parametrize("name", ROADS)
def test_spawn_points_stand_in_the_middle_of_lanes_and_look_along_them(name: str) -> None:
    carla = pytest.importorskip("carla", reason="carla has no wheel for this platform or Python")
    road = carla_map(name)
    points = spawn_points(opendrive.read(ROADS[name]()))
    assert len(points) > 50
    for point in points:
        waypoint = road.get_waypoint(carla.Location(x=point.x, y=point.y))
        right = waypoint.transform.get_right_vector()
        where = waypoint.transform.location
        assert abs((point.x - where.x) * right.x + (point.y - where.y) * right.y) < 0.05
        assert not waypoint.is_junction
        assert abs((waypoint.transform.rotation.yaw - point.yaw + 180) % 360 - 180) < 1.0


def test_a_start_on_the_right_lane_of_a_line_needs_no_carla_to_check() -> None:
    first, *_ = spawn_points(opendrive.read(ROADS["loop"]()))
    assert first == pytest.approx(Transform(10.0, LANE_WIDTH / 2, 0.3))


def test_two_way_roads_have_starts_in_both_directions() -> None:
    points = spawn_points(opendrive.read(ROADS["intersection"]()))
    on_the_east_arm = [point for point in points if 12 < point.x < 45 and abs(point.y) < 2]
    assert {round(point.yaw) % 360: round(point.y, 2) for point in on_the_east_arm} == {0: 1.75, 180: -1.75}
