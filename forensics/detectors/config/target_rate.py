"""How fast the configuration lets target networks follow."""

from __future__ import annotations

from dataclasses import dataclass

from forensics.detectors.config.lookup import numbers
from forensics.model.evidence import ConfigFact
from forensics.signals.signals import Signals

_TAU_KEYS = ("tau", "target_tau", "soft_tau", "soft_update_tau", "target_update_tau")
_INTERVALS = (
    "target_update_interval",
    "target_network_frequency",
    "target_network_update_freq",
    "target_update_freq",
    "target_update_frequency",
    "target_update_period",
)


@dataclass(frozen=True)
class TargetRate:
    """The share of the online weights taken over at each target update, and the updates between two of them."""

    tau: float
    interval: float
    row: ConfigFact


def target_rate(signals: Signals) -> TargetRate | None:
    """Return the configured rate (SpinningUp writes polyak for 1 - tau), or None."""
    rows = [*numbers(signals, _TAU_KEYS), *((row, 1 - value) for row, value in numbers(signals, ("polyak",)))]
    if not rows:
        return None
    row, tau = rows[0]
    return TargetRate(tau, target_interval(signals), row)


def target_interval(signals: Signals) -> float:
    """Return the configured steps between two target updates; 1 where none are configured."""
    return max((value for _, value in numbers(signals, _INTERVALS)), default=1.0)
