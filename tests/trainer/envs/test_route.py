"""Ways through a small town without a map of carla's: a junction with three ways out, one of them a way round."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trainer.envs.course import Point
from trainer.envs.route import Command, LaneGraph, LaneId, choose_route, shortest, straightest

HOME, LEFT, AHEAD, RIGHT, WEST, NORTH, EAST = (LaneId(road, 0, -1) for road in range(7))


def lane(length: float, turn: float = 0.0) -> tuple[Point, ...]:
    """As long as asked, and pointing elsewhere in the end."""
    return (Point(0.0, 0.0, 0.0, 1.75), Point(length, 0.0, math.radians(turn), 1.75))


TOWN = LaneGraph(
    points={
        HOME: lane(100),
        LEFT: lane(10, -90),
        AHEAD: lane(20, 3),
        RIGHT: lane(10, 90),
        WEST: lane(50),
        NORTH: lane(60),
        EAST: lane(200),
    },
    successors={
        HOME: (LEFT, AHEAD, RIGHT),
        LEFT: (WEST,),
        AHEAD: (NORTH,),
        RIGHT: (EAST,),
        WEST: (NORTH,),
        EAST: (HOME,),
    },
    junctions=frozenset({LEFT, AHEAD, RIGHT}),
)


def test_straight_on_takes_the_way_that_turns_least_until_it_is_long_enough_or_ends() -> None:
    assert straightest(TOWN, HOME, 10.0) == [HOME, AHEAD]
    assert straightest(TOWN, HOME, 1000.0) == [HOME, AHEAD, NORTH]


def test_the_shortest_way_wins_over_the_one_found_first() -> None:
    ways = shortest(TOWN, HOME)
    assert ways[NORTH] == (80.0, [HOME, AHEAD, NORTH])
    assert ways[WEST] == (60.0, [HOME, LEFT, WEST])
    assert ways[HOME] == (310.0, [HOME, RIGHT, EAST, HOME])
    assert shortest(TOWN, NORTH) == {}


@pytest.mark.parametrize(
    ("bounds", "goals"),
    [
        ((50.0, 90.0), {WEST, NORTH, EAST}),
        ((100.0, 150.0), {EAST}),
        ((0.0, 5.0), {WEST, EAST}),
        ((900.0, 950.0), {HOME}),
    ],
)
def test_the_goal_lies_outside_junctions_within_bounds_or_as_near_them_as_can_be(
    bounds: tuple[float, float], goals: set[LaneId]
) -> None:
    generator = np.random.default_rng(0)
    assert {choose_route(TOWN, HOME, bounds, generator)[-1] for _ in range(30)} == goals


def test_from_a_dead_end_there_is_no_way() -> None:
    assert choose_route(TOWN, NORTH, (0.0, 100.0), np.random.default_rng(0)) == [NORTH]


def test_a_command_says_which_way_only_where_there_are_several() -> None:
    commands = [TOWN.command(HOME, each) for each in (LEFT, AHEAD, RIGHT)]
    assert commands == [Command.LEFT, Command.STRAIGHT, Command.RIGHT]
    assert TOWN.command(RIGHT, EAST) is Command.FOLLOW
