"""Statistics that one outlier cannot move."""

from __future__ import annotations

import numpy as np

from forensics.signals.signals import Array

MAD_TO_SIGMA = 1.4826  # for a normal distribution: 1 / Phi^-1(3/4)


def finite(values: Array) -> Array:
    """Return the finite values."""
    return values[np.isfinite(values)]


def mad(values: Array) -> float:
    """Return the median absolute deviation, scaled to a normal distribution's standard deviation."""
    return float(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values)))) if len(values) else 0.0


def decades(values: Array) -> float:
    """Return log10(largest / smallest magnitude) of the non-zero finite values; 0 where there are none."""
    size = np.abs(finite(values))
    size = size[size > 0]
    return float(np.log10(size.max() / size.min())) if len(size) else 0.0


def running_median(values: Array, width: int) -> Array:
    """Return the median of each window of `width` values, as long as the input is wide enough; else of all."""
    if len(values) <= width:
        return np.array([np.median(values)]) if len(values) else values
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1))


def first_run(condition: np.ndarray, length: int) -> int | None:
    """Return the position at which `condition` first holds `length` times running, or None."""
    count = 0
    for position, holds in enumerate(condition.tolist()):
        count = count + 1 if holds else 0
        if count == length:
            return position - length + 1
    return None


def thirds(values: Array) -> tuple[Array, Array, Array]:
    """Split into beginning, middle and end of equal length."""
    cut = len(values) // 3
    return values[:cut], values[cut : len(values) - cut], values[len(values) - cut :]


def slope(x: Array, y: Array) -> tuple[float, float]:
    """Return the least-squares slope of y over x and the coefficient of determination R2."""
    if len(x) < 2 or np.ptp(x) == 0:
        return 0.0, 0.0
    gradient, intercept = np.polyfit(x, y, 1)
    spread = float(np.sum((y - y.mean()) ** 2))
    residual = float(np.sum((y - gradient * x - intercept) ** 2))
    return float(gradient), 1.0 - residual / spread if spread > 0 else 0.0


def rank_correlation(x: Array, y: Array) -> float:
    """Return Spearman's rank correlation; 0 where either is constant."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])


def _ranks(values: Array) -> Array:
    order, ranks = np.argsort(values, kind="stable"), np.empty(len(values))
    ranks[order] = np.arange(len(values))
    _, group = np.unique(values, return_inverse=True)
    mean_rank = np.bincount(group, ranks) / np.bincount(group)
    return np.asarray(mean_rank[group])
