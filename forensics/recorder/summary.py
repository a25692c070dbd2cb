"""Several numbers of one kind in a few."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def summary(name: str, numbers: Sequence[float]) -> dict[str, float]:
    """Return mean, and for two or more numbers also std, min and max, under `name_<statistic>`; nothing for none."""
    values = [float(number) for number in numbers]
    if not values:
        return {}
    found = {f"{name}_mean": statistics.fmean(values)}
    if len(values) > 1:
        found |= {f"{name}_std": statistics.pstdev(values), f"{name}_min": min(values), f"{name}_max": max(values)}
    return found
