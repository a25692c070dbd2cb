"""The kinematic bicycle."""

from __future__ import annotations

import math

import pytest

from trainer.loopback.geometry import Transform
from trainer.loopback.vehicle import (
    BRAKE_DECELERATION,
    DRAG,
    MAX_STEER,
    THROTTLE_ACCELERATION,
    WHEELBASE,
    Control,
    Motion,
    advance,
    along_course,
    control,
)

START = Transform()


def drive(controls: Control, steps: int, dt: float, motion: Motion) -> tuple[Transform, Motion]:
    pose = START
    for _ in range(steps):
        pose, motion = advance(pose, motion, controls, dt)
    return pose, motion


def test_throttle_speeds_up_from_standstill() -> None:
    _, motion = advance(START, Motion(), Control(throttle=0.5), 0.1)
    assert motion.speed == pytest.approx(0.5 * THROTTLE_ACCELERATION * 0.1)
    assert motion.acceleration == pytest.approx(0.5 * THROTTLE_ACCELERATION)


def test_top_speed_is_where_drag_meets_the_throttle() -> None:
    _, motion = drive(Control(throttle=1.0), 5000, 0.05, Motion())
    assert motion.speed == pytest.approx(THROTTLE_ACCELERATION / DRAG, rel=1e-3)


def test_brakes_stop_and_never_push_back() -> None:
    _, motion = drive(Control(brake=1.0), 100, 0.05, Motion(speed=5.0))
    assert motion.speed == 0.0
    _, motion = advance(START, Motion(speed=5.0), Control(brake=1.0), 0.1)
    assert motion.speed == pytest.approx(5.0 - (BRAKE_DECELERATION + DRAG * 5.0) * 0.1)


def test_reverse_drives_backwards() -> None:
    pose, motion = drive(Control(throttle=1.0, reverse=True), 10, 0.1, Motion())
    assert motion.speed < 0
    assert pose.x < 0


def test_steering_right_turns_towards_positive_yaw() -> None:
    pose, motion = drive(Control(steer=0.3), 20, 0.05, Motion(speed=5.0))
    assert pose.yaw > 0
    assert pose.y > 0
    assert motion.yaw_rate > 0


@pytest.mark.parametrize("dt", [0.01, 0.05, 0.2])
def test_a_circle_closes_whatever_the_step(dt: float) -> None:
    """The radius of the reference point is (wheelbase / 2) / sin(slip), Kong et al. 2015, eq. 2c and 2e."""
    steer = 0.5
    slip = math.atan(0.5 * math.tan(steer * MAX_STEER))
    radius = 0.5 * WHEELBASE / math.sin(slip)
    pose, motion = START, Motion(speed=5.0)
    travelled = 0.0
    while travelled < math.pi * radius - 1e-9:
        rest = (math.pi * radius - travelled) / 5.0
        step = min(dt, rest)
        pose, motion = advance(pose, motion, Control(steer=steer), step, held_speed=5.0)
        travelled += 5.0 * step
    # Half way round the vehicle stands a diameter away, square to its first course, and looks back.
    assert math.hypot(pose.x, pose.y) == pytest.approx(2 * radius, rel=1e-9)
    assert abs(pose.yaw) == pytest.approx(180.0)


def test_yaw_stays_within_half_a_turn() -> None:
    pose, _ = drive(Control(throttle=0.5, steer=1.0), 2000, 0.1, Motion(speed=10.0))
    assert -180.0 <= pose.yaw < 180.0


def test_a_held_speed_overrides_the_pedals() -> None:
    _, motion = advance(START, Motion(speed=3.0), Control(brake=1.0), 0.1, held_speed=7.0)
    assert motion.speed == 7.0


def test_a_vehicle_moves_along_its_course_not_its_heading() -> None:
    pose, motion = advance(START, Motion(speed=5.0), Control(steer=0.5), 0.05)
    x, y, z = along_course(5.0, pose, motion)
    assert math.degrees(math.atan2(y, x)) == pytest.approx(pose.yaw + motion.slip)
    assert z == 0.0


def test_a_control_is_held_to_its_ranges() -> None:
    wild = control([2.0, -3.0, math.nan, 1, 0, False, 99])
    assert wild == Control(1.0, -1.0, 0.0, True, False, False, 10)
    assert control([math.inf, -math.inf, -1.0, False, False, False, 0])[:3] == (1.0, -1.0, 0.0)
