"""Writes to abstract memory, remembered so that the two sides of an unknown branch can be joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from forensics.source.values import Value

_ABSENT: Any = object()

Delta = dict[tuple[int, Any], tuple[dict[Any, Value], Any, Value]]
"""What a branch wrote: (id of the slots, key) to slots, key and last value."""


class Store:
    """A journal of slot writes. Outside of branches nothing is kept."""

    def __init__(self) -> None:
        self._journal: list[tuple[dict[Any, Value], Any, Value]] = []
        self._open = 0

    def write(self, slots: dict[Any, Value], key: Any, value: Value) -> None:
        """Set `slots[key]`."""
        if self._open:
            self._journal.append((slots, key, slots.get(key, _ABSENT)))
        slots[key] = value

    def branch(self) -> int:
        """Begin one side of a branch; the result is for `undo`."""
        self._open += 1
        return len(self._journal)

    def undo(self, mark: int) -> Delta:
        """Take back what was written since `mark` and return it."""
        self._open -= 1
        changed: Delta = {}
        for slots, key, old in reversed(self._journal[mark:]):
            changed.setdefault((id(slots), key), (slots, key, slots[key]))
            if old is _ABSENT:
                del slots[key]
            else:
                slots[key] = old
        del self._journal[mark:]
        return changed

    def merge(self, sides: list[Delta], join: Callable[[Value, Value], Value], otherwise: bool = False) -> None:
        """Write the join of all sides. `otherwise`: it is also possible that none of them was taken."""
        keys = {key: entry[:2] for side in sides for key, entry in side.items()}
        for key, (slots, name) in keys.items():
            now = slots.get(name)
            values = [side[key][2] if key in side else now for side in sides]
            if otherwise:
                values.append(now)
            known = [value for value in values if value is not None]
            result = known[0]
            for value in known[1:]:
                result = join(result, value)
            if result is not now:
                self.write(slots, name, result)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Write for good within this block, whatever branch is open: a file that is loaded stays loaded."""
        journal, opened = self._journal, self._open
        self._journal, self._open = [], 0
        try:
            yield
        finally:
            self._journal, self._open = journal, opened

    def reset(self) -> None:
        """Forget all open branches: an entry point begins."""
        self._journal.clear()
        self._open = 0
