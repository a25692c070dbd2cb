"""What a pinhole camera sees of the ground and of the boxes on it, as CARLA's BGRA pixels.

The world is flat, so which spot of the ground a pixel shows depends on the camera's height, pitch and roll alone: it is
worked out once, and a frame is that pattern turned, moved and looked up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.loopback.boxes import Box, draw_boxes
from trainer.loopback.geometry import Transform, axes
from trainer.loopback.ground import Ground

FAR = 150.0  # m: beyond, the ground lies in the haze

Pixels = NDArray[np.uint32]


class Lens(NamedTuple):
    """Image size in pixels and horizontal field of view in degrees, as CARLA defines them."""

    width: int
    height: int
    fov: float

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.width / (2.0 * math.tan(math.radians(self.fov) / 2.0))


class _View(NamedTuple):
    """Where the pixels that show ground look: where they are in the image, and metres ahead and to the right."""

    pixels: NDArray[np.intp]
    ahead: NDArray[np.float32]
    right: NDArray[np.float32]
    backdrop: Pixels


def colour(red: int, green: int, blue: int) -> int:
    """A pixel as the little-endian word whose bytes are B, G, R, A."""
    return 0xFF000000 | red << 16 | green << 8 | blue


_HAZE = colour(176, 190, 204)
_SKY = colour(122, 160, 205)
# By surface: four shades of ground, asphalt, pavement, white and yellow paint.
_PALETTE = np.array(
    [
        colour(74, 98, 58),
        colour(84, 108, 66),
        colour(94, 118, 74),
        colour(104, 126, 84),
        colour(82, 82, 86),
        colour(150, 146, 140),
        colour(236, 236, 236),
        colour(226, 186, 52),
    ],
    np.uint32,
)


def render(ground: Ground, boxes: Iterable[Box], pose: Transform, lens: Lens) -> bytes:
    """The BGRA bytes, width·height·4, of what a camera at `pose` sees."""
    # Rounding lets a camera that is level but for rounding errors keep its pattern.
    view = _view(lens, round(pose.z, 3), round(pose.pitch, 3), round(pose.roll, 3))
    yaw = math.radians(pose.yaw)
    cos, sin = np.float32(math.cos(yaw) / ground.cell), np.float32(math.sin(yaw) / ground.cell)
    columns = view.ahead * cos - view.right * sin + np.float32((pose.x - ground.x0) / ground.cell)
    rows = view.ahead * sin + view.right * cos + np.float32((pose.y - ground.y0) / ground.cell)
    height, width = ground.surface.shape
    np.clip(columns, 0, width - 1, out=columns)
    np.clip(rows, 0, height - 1, out=rows)
    cells = rows.astype(np.intp)
    cells *= width
    cells += columns.astype(np.intp)
    image = view.backdrop.copy()
    image[view.pixels] = _PALETTE.take(ground.surface.ravel().take(cells))
    draw_boxes(image.reshape(lens.height, lens.width), boxes, pose, lens.focal)
    return image.tobytes()


@lru_cache(maxsize=64)
def _view(lens: Lens, height: float, pitch: float, roll: float) -> _View:
    u, v = np.meshgrid(np.arange(lens.width) + 0.5 - lens.width / 2, np.arange(lens.height) + 0.5 - lens.height / 2)
    ahead, right, up = _turned((np.full(u.shape, lens.focal), u, -v), Transform(pitch=pitch, roll=roll))
    down = np.maximum(-up, 1e-9)
    seen = (up < 0.0) & (height > 0.0) & (height * np.hypot(ahead, right) < FAR * down)
    steepness = np.clip(3.0 * up / np.sqrt(ahead**2 + right**2 + up**2), 0.0, 1.0)
    return _View(
        np.flatnonzero(seen),
        (height * ahead / down)[seen].astype(np.float32),
        (height * right / down)[seen].astype(np.float32),
        _blend(_HAZE, _SKY, steepness).ravel(),
    )


def _turned(vectors: Sequence[NDArray[np.float64]], pose: Transform) -> Sequence[NDArray[np.float64]]:
    """Vectors given in the camera's frame (forward, right, up), in the frame around it."""
    forward, right, up = axes(pose)
    return [vectors[0] * forward[i] + vectors[1] * right[i] + vectors[2] * up[i] for i in range(3)]


def _blend(low: int, high: int, share: NDArray[np.float64]) -> Pixels:
    pixels = np.full(share.shape, 0xFF000000, np.uint32)
    for shift in (0, 8, 16):
        a, b = low >> shift & 0xFF, high >> shift & 0xFF
        pixels |= (a + (b - a) * share).astype(np.uint32) << np.uint32(shift)
    return pixels
