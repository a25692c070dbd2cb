"""What a camera sees: by projection, where things are; by rendering, that they are there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.loopback import ground, opendrive
from trainer.loopback.boxes import Box
from trainer.loopback.camera import Lens, render
from trainer.loopback.geometry import Transform
from trainer.loopback.ground import Ground
from trainer.loopback.roads import ROADS

LENS = Lens(200, 160, 90.0)
ON_LANE = Transform(20.0, 1.75, 2.4, -10.0, 0.0, 0.0)
RED = Box(Transform(35.0, 1.75, 0.75), (2.4, 1.0, 0.75), (200, 0, 0))


@pytest.fixture(scope="module")
def loop() -> Ground:
    return ground.draw(opendrive.read(ROADS["loop"]()), 0)


def image(of: Ground, pose: Transform, *boxes: Box, lens: Lens = LENS) -> NDArray[np.int64]:
    """Rows, columns and blue, green, red."""
    pixels = np.frombuffer(render(of, boxes, pose, lens), np.uint8).reshape(lens.height, lens.width, 4)
    assert (pixels[:, :, 3] == 255).all()
    return pixels[:, :, :3].astype(np.int64)


def project(pose: Transform, x: float, y: float, z: float, lens: Lens = LENS) -> tuple[int, int]:
    """Row and column of a point, for a camera without roll: the pinhole model written out."""
    dx, dy, dz = x - pose.x, y - pose.y, z - pose.z
    yaw, pitch = math.radians(pose.yaw), math.radians(pose.pitch)
    ahead, right = dx * math.cos(yaw) + dy * math.sin(yaw), -dx * math.sin(yaw) + dy * math.cos(yaw)
    depth, up = ahead * math.cos(pitch) + dz * math.sin(pitch), -ahead * math.sin(pitch) + dz * math.cos(pitch)
    return int(lens.height / 2 - lens.focal * up / depth), int(lens.width / 2 + lens.focal * right / depth)


def is_yellow(pixel: NDArray[np.int64]) -> bool:
    blue, green, red = pixel
    return bool(red > 200 and green > 150 and blue < 100)


def is_red(picture: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray((picture[:, :, 2] > 90) & (picture[:, :, 1] == 0))


@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, -10.0), (12.0, -10.0), (-8.0, -20.0)])
def test_the_left_edge_of_the_road_is_where_projection_puts_it(loop: Ground, yaw: float, pitch: float) -> None:
    pose = ON_LANE._replace(yaw=yaw, pitch=pitch)
    picture = image(loop, pose)
    for distance in (6.0, 8.0, 10.0):
        row, column = project(pose, pose.x + distance, 0.0, 0.0)
        assert is_yellow(picture[row, column])


def test_sky_above_and_ground_below_the_horizon(loop: Ground) -> None:
    picture = image(loop, ON_LANE)
    horizon, _ = project(ON_LANE, ON_LANE.x + 1e6, ON_LANE.y, ON_LANE.z)
    blue, _, red = np.moveaxis(picture[: horizon - 2], 2, 0)
    assert (blue > red).all()
    assert (picture[-1].max(axis=1) < 250).all()
    assert (picture[horizon + 5 :, 100] != picture[0, 100]).any(axis=1).all()


def test_a_camera_that_looks_up_sees_sky_alone_and_one_below_ground_sees_no_road(loop: Ground) -> None:
    assert len(np.unique(image(loop, ON_LANE._replace(pitch=80.0)).reshape(-1, 3), axis=0)) < 64
    assert not any(is_yellow(pixel) for pixel in image(loop, ON_LANE._replace(z=-1.0)).reshape(-1, 3))


def test_roll_tilts_the_horizon(loop: Ground) -> None:
    tilted = image(loop, ON_LANE._replace(pitch=0.0, roll=30.0))
    sky = tilted[:, :, 0] > tilted[:, :, 2] + 20
    left, right = sky[:, 10].sum(), sky[:, -10].sum()
    assert abs(int(left) - int(right)) > 50


def test_a_vehicle_ahead_is_drawn_where_it_is(loop: Ground) -> None:
    red = is_red(image(loop, ON_LANE, RED))
    rows, columns = np.nonzero(red)
    bottom, left = project(ON_LANE, 32.6, 0.75, 0.0)
    top, right = project(ON_LANE, 32.6, 2.75, 1.5)
    assert (rows.max(), columns.min(), columns.max()) == pytest.approx((bottom, left, right), abs=1)
    assert rows.min() <= top  # the roof reaches farther up than the rear face
    assert not is_red(image(loop, ON_LANE)).any()


def test_vehicles_behind_beside_and_beyond_sight_are_not_drawn(loop: Ground) -> None:
    for x, y in [(0.0, 1.75), (20.0, 60.0), (400.0, 1.75)]:
        assert not is_red(image(loop, ON_LANE, RED._replace(pose=Transform(x, y, 0.75)))).any()


def test_a_nearer_vehicle_covers_a_farther_one(loop: Ground) -> None:
    green = Box(Transform(30.0, 1.75, 0.75), (2.4, 1.0, 0.75), (0, 200, 0))
    row, column = project(ON_LANE, 27.6, 1.75, 0.7)
    for order in ((RED, green), (green, RED)):
        blue_, green_, red_ = image(loop, ON_LANE, *order)[row, column]
        assert green_ > 90
        assert red_ == blue_ == 0


def test_a_vehicle_that_reaches_behind_the_camera_is_cut_off_and_not_turned_inside_out(loop: Ground) -> None:
    beside = RED._replace(pose=Transform(21.0, 4.0, 0.75))
    red = is_red(image(loop, ON_LANE._replace(z=1.0), beside))
    assert red[:, 100:].any()
    assert not red[:, :100].any()


def test_every_shape_of_image_comes_out_at_its_size(loop: Ground) -> None:
    for lens in (Lens(1, 1, 90.0), Lens(84, 84, 120.0), Lens(97, 31, 10.0)):
        assert len(render(loop, [RED], ON_LANE, lens)) == 4 * lens.width * lens.height


def test_the_same_pose_gives_the_same_bytes(loop: Ground) -> None:
    assert render(loop, [RED], ON_LANE, LENS) == render(loop, [RED], ON_LANE, LENS)
