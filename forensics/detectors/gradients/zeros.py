"""How the exact zeros of a gradient norm are spread over a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.gradients.parts import gradient_norms, moving_share, parameters_of
from forensics.model.meaning import Module
from forensics.signals.signals import Array, Signal, Signals

LEAST_POINTS = 5
ALL = 0.95  # share of points that counts as all of them: one odd batch may have a gradient
STILL = 0.2  # a parameter statistic that changes at no more than this share of points stands still
MOVING = 0.8


@dataclass(frozen=True)
class Zeros:
    """One gradient norm with its exact zeros. `parameter` is the statistic of its parameters, where logged."""

    norm: Signal
    parameter: Signal | None
    is_zero: np.ndarray

    @property
    def share(self) -> float:
        return float(self.is_zero.mean())

    @property
    def late_share(self) -> float:
        """Share of zeros in the second half."""
        return float(self.is_zero[len(self.is_zero) // 2 :].mean())

    @property
    def moves(self) -> bool:
        """Whether the parameters move while the gradient is 0; a shared CNN may be moved by another loss."""
        own = self.norm.meaning.module is not Module.CNN
        return own and self.parameter is not None and moving_share(self.parameter) >= MOVING

    @property
    def moved_early(self) -> bool:
        """Whether the parameters moved at first and then stood still: the gradient was alive before the log began."""
        if self.parameter is None or len(self.parameter) < LEAST_POINTS:
            return False
        values = self.parameter.values
        half = len(values) // 2
        return bool(np.ptp(values[: half + 1]) > 0 and np.mean(values[half + 1 :] != values[half:-1]) <= STILL)

    @property
    def onset(self) -> int | None:
        """Position from which on all points (nearly) are zero, or None."""
        alive = np.flatnonzero(~self.is_zero)
        if not len(alive):
            return 0
        for position in [0, *(alive + 1).tolist()]:
            rest = self.is_zero[position:]
            if len(rest) >= LEAST_POINTS and rest[0] and rest.mean() >= ALL:
                return int(position)
        return None


def zero_patterns(signals: Signals) -> list[Zeros]:
    """Return every gradient norm that has enough points, with its zeros."""
    return [
        Zeros(norm, parameters_of(signals, norm), _exact_zeros(norm.values))
        for norm in gradient_norms(signals, LEAST_POINTS)
    ]


def _exact_zeros(values: Array) -> np.ndarray:
    return np.asarray(values == 0.0)
