"""One mounted camera whose images are waited for by frame."""

from __future__ import annotations

import queue
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.envs.errors import SimulatorTimeoutError

_GREY = np.array([29, 150, 77, 0], np.uint16)  # ITU-R BT.601 luma of BGRA, in 256ths

Picture = NDArray[np.uint8]


class FrameQueue:
    """What a sensor's thread hands over. Its `put` is the callback, so nothing of ours runs, or raises, over there."""

    def __init__(self) -> None:
        self._images: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.put = self._images.put

    def wait(self, frame: int, timeout: float) -> Picture:
        """Return the image (height, width, BGRA) of the tick `frame`; older ones, which came late, are dropped.

        Raises SimulatorTimeoutError after `timeout` seconds, however many older images come.
        """
        deadline = time.monotonic() + timeout
        while True:
            try:
                image = self._images.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                message = f"the camera's image of frame {frame} did not come within {timeout:g} s"
                raise SimulatorTimeoutError(message) from None
            if image.frame >= frame:
                pixels = np.frombuffer(image.raw_data, np.uint8)
                return pixels.reshape(image.height, image.width, 4).copy()


def grey(picture: Picture) -> Picture:
    """Return the brightness of a BGRA picture as (1, height, width)."""
    brightness: Picture = (picture @ _GREY >> 8).astype(np.uint8)
    return brightness[None]
