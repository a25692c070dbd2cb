"""The thread that keeps a run's files honest while the loop is busy: heartbeat, fsync, manifest.

A heartbeat that goes on while `seconds_since_record` grows is a hung loop; a heartbeat that stopped without a run_end
is a killed process; a run_end is a run that came to an end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BEAT_SECONDS = 30.0
_TICK_SECONDS = 1.0


class Keeper:
    """Calls `tick` every second and `beat` every 30 s, from a daemon thread, until stopped."""

    def __init__(self, tick: Callable[[], None], beat: Callable[[], None]) -> None:
        self._tick, self._beat = tick, beat
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forensics-recorder", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        last = time.monotonic()
        while not self._stop.wait(_TICK_SECONDS):
            self._tick()
            if time.monotonic() - last >= BEAT_SECONDS:
                last = time.monotonic()
                self._beat()

    def stop(self) -> None:
        """Stop the thread and wait for it, but not for a disk that hangs."""
        self._stop.set()
        self._thread.join(timeout=5.0)
