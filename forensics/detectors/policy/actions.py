"""The components of an action, their bounds and the exploration noise, as far as they are logged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.model.evidence import Ints
from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.signals import Array, Signal, Signals

# Moments of b + min(0, sigma z), z normal: noise added to an action at its bound b, clipped there again.
CLIPPED_MEAN = 1.0 / np.sqrt(2.0 * np.pi)  # the mean lies 0.399 sigma inside the bound
CLIPPED_STD = np.sqrt(0.5 - 1.0 / (2.0 * np.pi))  # the standard deviation is 0.584 sigma

_BLUR = 0.03  # of the bound


@dataclass(frozen=True)
class Component:
    """One component of the executed action: its mean and standard deviation at common steps, and its bound."""

    name: str
    mean: Signal
    std: Signal
    steps: Ints
    means: Array
    stds: Array
    bound: float | None


def components(signals: Signals) -> list[Component]:
    """Return the executed actions' components whose mean and standard deviation are logged together."""
    found = []
    wanted = (Role.TRAIN, Role.NONE)
    for mean in signals.select(Quantity.ACTION, role=wanted, statistic=Statistic.MEAN):
        meaning = mean.meaning
        if "abs" in meaning.name:
            continue
        std = signals.first(Quantity.ACTION, role=meaning.role, statistic=Statistic.STD, name=meaning.name)
        if std is None or std.meaning.axis is not meaning.axis:
            continue
        steps, (means, stds) = join(mean, std)
        acts = np.isfinite(means) & np.isfinite(stds) & ((means != 0) | (stds != 0))
        bound = _bound(signals, mean)
        found.append(Component(meaning.name, mean, std, steps[acts], means[acts], stds[acts], bound))
    return found


def noise_at(signals: Signals, steps: Ints) -> Array | None:
    """Return the exploration noise at these steps (interpolated between logged points); None if not logged."""
    noise = signals.first(Quantity.EXPLORATION_NOISE)
    if noise is None or not np.isfinite(noise.values).any():
        return None
    known = np.isfinite(noise.values)
    order = np.argsort(noise.steps[known], kind="stable")
    return np.asarray(np.interp(steps, noise.steps[known][order], noise.values[known][order]))


def _bound(signals: Signals, mean: Signal) -> float | None:
    """Return the bound: an extreme that half of the points reach exactly, as only clipping makes them, or 1.

    Whole numbers from 0 upward are the indices of discrete actions, which have no bound to press against.
    """
    extremes = [
        signals.first(Quantity.ACTION, role=mean.meaning.role, statistic=statistic, name=mean.meaning.name)
        for statistic in (Statistic.MIN, Statistic.MAX)
    ]
    known = [signal.values[np.isfinite(signal.values)] for signal in extremes if signal is not None]
    if not known or not all(len(values) for values in known):
        return None
    together = np.concatenate(known)
    if len(known) == 2 and (together >= 0).all() and (together == np.round(together)).all():
        return None
    size = float(np.abs(together).max())
    if size > 0 and max(float((np.abs(values) == size).mean()) for values in known) >= 0.5:
        return size
    # Rounding or noise in the log may blur the customary bound of normalised actions, 1.
    near = max(float((np.abs(np.abs(values) - 1.0) <= _BLUR).mean()) for values in known)
    return 1.0 if size <= 1.0 + 2 * _BLUR and near >= 0.5 else None
