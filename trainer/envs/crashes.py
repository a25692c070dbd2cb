"""What the collision sensor reports."""

from __future__ import annotations

import queue
from typing import Any


class CollisionQueue:
    """Frames at which the vehicle hit something; its `put` is the sensor's callback."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.put = self._events.put

    def since(self, frame: int) -> bool:
        """Empty the queue; true where one of its events happened after `frame`. One that comes late does not count."""
        hit = False
        while True:
            try:
                hit |= self._events.get_nowait().frame > frame
            except queue.Empty:
                return hit
