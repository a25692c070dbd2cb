"""Which records of a long run are kept.

Of the records of an update, one in `every` is. All of those are kept until `full_rate_bytes` are written; let that be
update n0. From update 2 n0 on every second one is kept, from 4 n0 on every fourth of them, and so on: each doubling of
the run costs `full_rate_bytes` more, and the density relative to the length of the run stays the same. Around an
anomaly that is new all are kept: the ones since the last kept record, up to `WINDOW`, and `WINDOW` after it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

WINDOW = 32
T = TypeVar("T")


@dataclass
class Thinning(Generic[T]):
    """Decides on one record after the other; holds back what may still be wanted. `skipped` counts what is gone."""

    full_rate_bytes: int
    every: int = 1
    stride: int = 1
    skipped: int = 0
    _full_until: int | None = None
    _after: int = 0
    _held: deque[T] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def keeps(self, update: int, written: int) -> bool:
        """Whether the record of this update is to be kept, `written` bytes into the log."""
        if self._full_until is None and written >= self.full_rate_bytes:
            self._full_until = max(update, 1)
        doublings = 0 if self._full_until is None else max((update // self._full_until).bit_length() - 1, 0)
        self.stride = self.every << doublings
        if self._after:
            self._after -= 1
            return True
        return update % self.stride == 0

    def hold(self, record: T) -> None:
        """Remember a record that is not kept, as long as no later one was."""
        self._held.append(record)
        self.skipped += 1

    def release(self) -> list[T]:
        """Return what is held, oldest first, for an anomaly, and keep what follows at full rate."""
        held = list(self._held)
        self.forget()
        self.skipped -= len(held)
        self._after = WINDOW if self.stride > 1 else 0
        return held

    def forget(self) -> None:
        """Give up what is held: a later record is written now, and records stay in order."""
        self._held.clear()
