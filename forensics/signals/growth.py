"""How far, how steadily and for how long a series grew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.signals.robust import finite, rank_correlation
from forensics.signals.signals import Array


@dataclass(frozen=True)
class Growth:
    """Growth of a magnitude from the first to the last twentieth of its points (at least three each).

    `decades` is log10(end / start); `late` is end over the level halfway, so 1 for a series that has settled and
    2^n for a power n of the position; `rank` is Spearman's correlation of magnitude with position.
    """

    start: float
    end: float
    decades: float
    late: float
    rank: float

    @property
    def goes_on(self) -> bool:
        """Whether the magnitude rises through the run, or blows up in its second half, and has not settled."""
        return self.late > 1.3 and (self.rank > 0.8 or self.late > 10)


def growth(values: Array) -> Growth | None:
    """Return the growth of |values|, non-finite ones left out; None for fewer than ten points or all zero."""
    size = np.abs(finite(values))
    count = len(size)
    if count < 10 or not size.any():
        return None
    width = max(3, count // 20)
    floor = float(size[size > 0].min())
    start = max(float(np.median(size[:width])), floor)
    end = max(float(np.median(size[-width:])), floor)
    halfway = (count - width) // 2
    middle = max(float(np.median(size[halfway : halfway + width])), floor)
    return Growth(
        start=start,
        end=end,
        decades=float(np.log10(end / start)),
        late=end / middle,
        rank=rank_correlation(np.arange(count, dtype=np.float64), size),
    )
