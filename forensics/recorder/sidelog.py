"""The small files beside the log: train.log for people, episodes.jsonl with one line an episode."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from forensics.recorder.appender import Appender
from forensics.recorder.parts import set_aside


class SideLog:
    """A file of lines that any thread may write. Lines lost to a full disk are counted in a line of their own."""

    def __init__(self, path: Path, lost: Callable[[int], bytes], opener: Callable[[Path], Appender] = Appender) -> None:
        """Open `path` new; an older file is set aside. `lost` words the line about so many lost ones."""
        set_aside(path)
        self._file = opener(path)
        self._lost = lost
        self._lock = threading.Lock()

    def write(self, line: bytes) -> bool:
        """Append one line, its newline included; return whether it is in the file."""
        with self._lock:
            if self._file.dropped and not self._file.is_blocked:
                missing = self._file.take_dropped()
                if not self._file.write(self._lost(missing)):
                    self._file.dropped = missing
            return self._file.write(line)

    def close(self) -> None:
        """Sync and close."""
        with self._lock:
            self._file.close()
