"""The episode settings, as `carla.WorldSettings` sends them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

MAX_DELTA = 1.0  # s: a longer step would leave the road between two frames


class Settings(NamedTuple):
    """`fixed_delta` is in seconds, None for a variable step; `rest` is kept for the client and has no effect here."""

    synchronous: bool = False
    no_rendering: bool = False
    fixed_delta: float | None = None
    rest: tuple[Any, ...] = (True, 0.01, 10, 0.0, True, 3000.0, 2000.0, True)

    def wire(self) -> list[Any]:
        """The eleven values in the order of the wire."""
        delta = [False] if self.fixed_delta is None else [True, self.fixed_delta]
        return [self.synchronous, self.no_rendering, delta, *self.rest]


def read_settings(value: Any) -> Settings:
    """Settings as a client sends them; raises ValueError where the step is not one."""
    synchronous, no_rendering, (given, *delta), *rest = value
    if len(rest) != len(Settings().rest):
        raise ValueError(f"settings hold {3 + len(rest)} values; this server knows {3 + len(Settings().rest)}")
    fixed = float(delta[0]) if given else 0.0
    if not (math.isfinite(fixed) and 0.0 <= fixed <= MAX_DELTA):
        raise ValueError(f"fixed_delta_seconds = {fixed:g}; it has to lie between 0 and {MAX_DELTA:g}")
    # As in CARLA, a fixed step of zero means a variable one.
    return Settings(bool(synchronous), bool(no_rendering), fixed or None, tuple(rest))
