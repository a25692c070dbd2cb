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
        """Set an older file aside; the new one is made with its first line. `lost` words the line about lost ones.

        Raises OSError.
        """
        set_aside(path)
        self._path, self._opener = path, opener
        self._file: Appender | None = None
        self._missing = 0
        self._lost = lost
        self._lock = threading.Lock()

    def write(self, line: bytes) -> bool:
        """Append one line, its newline included; return whether it is in the file."""
        with self._lock:
            done = self._append(line)
            self._missing += not done
            return done

    def _append(self, line: bytes) -> bool:
        try:
            self._file = self._file or self._opener(self._path)
        except OSError:  # not even room for a name
            return False
        if self._missing and not self._file.is_blocked:
            if not self._file.write(self._lost(self._missing)):
                return False
            self._missing = 0
        return self._file.write(line)

    def close(self) -> None:
        """Sync and close."""
        with self._lock:
            if self._file is not None:
                self._file.close()
