"""When two footprints touch."""

from __future__ import annotations

import pytest

from trainer.loopback.collision import touch
from trainer.loopback.geometry import Transform

CAR = (2.4, 1.0, 0.75)


@pytest.mark.parametrize(
    ("other", "touches"),
    [
        (Transform(4.7, 0.0), True),  # bumper to bumper
        (Transform(4.9, 0.0), False),
        (Transform(0.0, 1.9), True),  # side by side
        (Transform(0.0, 2.1), False),
        (Transform(3.3, 0.0, yaw=90.0), True),  # across the front
        (Transform(3.5, 0.0, yaw=90.0), False),
        (Transform(3.9, 1.5, yaw=45.0), True),
        (Transform(3.6, 3.0, yaw=45.0), True),  # corner to corner
        (Transform(3.6, 3.0, yaw=-45.0), False),  # the bounding circles overlap, the boxes do not
        (Transform(0.0, 0.0, 50.0), True),  # height does not count: the world is flat
    ],
)
def test_boxes_touch_by_their_footprints(other: Transform, touches: bool) -> None:
    assert touch(Transform(), CAR, other, CAR) is touches
    assert touch(other, CAR, Transform(), CAR) is touches
    turned = Transform(other.y, -other.x, 0.0, 0.0, other.yaw - 90.0, 0.0)
    assert touch(Transform(yaw=-90.0), CAR, turned, CAR) is touches
