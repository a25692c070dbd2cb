"""Poses: where forward points, and where a camera is that is mounted on a car."""

from __future__ import annotations

import math

import pytest

from trainer.loopback.geometry import Transform, attach, axes


def test_an_unturned_pose_looks_along_x_with_y_to_the_right() -> None:
    assert axes(Transform()) == ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def test_positive_yaw_turns_right_and_positive_pitch_looks_up() -> None:
    assert axes(Transform(yaw=90.0))[0] == pytest.approx((0.0, 1.0, 0.0))
    assert axes(Transform(pitch=90.0))[0] == pytest.approx((0.0, 0.0, 1.0))


def test_what_is_mounted_turns_with_its_mount() -> None:
    mounted = attach(Transform(10.0, 20.0, 0.0, 0.0, 90.0, 0.0), Transform(1.5, 0.5, 2.4, -12.0, 5.0, 0.0))
    assert mounted == pytest.approx((9.5, 21.5, 2.4, -12.0, 95.0, 0.0))


def test_the_axes_are_those_of_carla() -> None:
    carla = pytest.importorskip("carla", reason="carla has no wheel for this platform or Python")
    for pitch, yaw, roll in [(10.0, 20.0, 30.0), (-35.0, 170.0, -5.0), (0.0, -90.0, 60.0)]:
        matrix = carla.Transform(carla.Location(), carla.Rotation(pitch=pitch, yaw=yaw, roll=roll)).get_matrix()
        ours = axes(Transform(pitch=pitch, yaw=yaw, roll=roll))
        for column, axis in enumerate(ours):
            assert axis == pytest.approx([matrix[row][column] for row in range(3)], abs=1e-6)
            assert math.hypot(*axis) == pytest.approx(1.0)
