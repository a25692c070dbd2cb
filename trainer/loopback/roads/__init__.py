"""The roads that the loopback server can make, by name."""

from __future__ import annotations

from collections.abc import Callable

from trainer.loopback.roads.intersection import intersection
from trainer.loopback.roads.loop import loop
from trainer.loopback.roads.s_bend import s_bend

ROADS: dict[str, Callable[[], str]] = {"loop": loop, "s-bend": s_bend, "intersection": intersection}
"""Name to the function that writes the road's OpenDRIVE text."""
