"""Where a vehicle is relative to a path."""

from __future__ import annotations

import math

import pytest

from trainer.envs.course import Course, Point, cut, path_length, wrapped


def arc(radius: float, degrees: float, step: float = 1.0) -> list[Point]:
    """A right turn from the origin, eastwards at first."""
    total = math.radians(degrees)
    count = math.ceil(radius * total / step)
    angles = [total * each / count for each in range(count + 1)]
    return [Point(radius * math.sin(a), radius * (1 - math.cos(a)), a, 1.75) for a in angles]


LINE = [Point(float(x), 0.0, 0.0, 1.75) for x in range(51)]


def test_right_of_the_path_and_clockwise_of_it_are_positive() -> None:
    position = Course(LINE).locate(3.25, 0.5, 0.1)
    assert position == pytest.approx((3.25, 0.5, 0.1, 1.75))
    assert Course(LINE).locate(3.25, -0.5, -0.1)[1:3] == pytest.approx((-0.5, -0.1))


def test_on_an_arc_the_distance_to_the_middle_and_to_its_tangent_are_small() -> None:
    course = Course(arc(10.0, 90.0))
    for degrees in range(1, 90):
        a = math.radians(degrees)
        position = course.locate(10 * math.sin(a), 10 * (1 - math.cos(a)), a)
        assert position.travelled == pytest.approx(10 * a, abs=0.05)
        assert abs(position.lateral) < 0.02
        assert abs(position.heading_error) < 0.01


def test_a_path_that_crosses_itself_is_followed_along_and_not_across() -> None:
    """A straight line, a loop of 270 degrees, and back across the line."""
    turned = [Point(50 + p.x, p.y, p.yaw, 1.75) for p in arc(20.0, 270.0)]
    back = [Point(30.0, 20.0 - y, -math.pi / 2, 1.75) for y in range(1, 40)]
    course = Course([*LINE, *turned, *back])
    travelled = 0.0
    for point in course.points:
        position = course.locate(point.x, point.y, point.yaw)
        assert position.travelled >= travelled - 1e-9
        assert abs(position.heading_error) < 0.1
        travelled = position.travelled
    assert travelled == pytest.approx(course.length)


def test_heading_is_compared_around_the_full_turn() -> None:
    line = [Point(-float(x), 0.0, math.pi, 1.75) for x in range(5)]
    assert Course(line).locate(-2.0, 0.0, -math.pi + 0.1).heading_error == pytest.approx(0.1)
    assert wrapped(3 * math.pi) == pytest.approx(-math.pi)


def test_doubled_points_are_one_and_a_single_one_is_no_course() -> None:
    assert Course([LINE[0], LINE[0], LINE[1]]).length == 1.0
    with pytest.raises(ValueError, match="two points"):
        Course([LINE[0], LINE[0]])


def test_a_path_is_cut_to_length() -> None:
    assert path_length(LINE) == 50.0
    assert path_length(cut(LINE, 20.5)) == 20.0
    assert cut(LINE, 80.0) == LINE
    assert len(cut(LINE, 0.1)) == 2
