"""How fast the configuration lets target networks follow."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forensics.detectors.config.lookup import numbers
from forensics.model.evidence import ConfigFact
from forensics.signals.learner import learns_on_policy
from forensics.signals.signals import Signals

_TAU_KEYS = ("tau", "target_tau", "soft_tau", "soft_update_tau", "target_update_tau")
_BARE = "tau"
_WITH_TARGETS = ("td3", "ddpg", "sac", "dqn", "tqc", "redq")
_WHOLE = 1.0
_SLOW = 0.5
_GAE = re.compile(r"gae|(^|[._])lam(bda)?_?$")
INTERVALS = (
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
    """Return the configured rate (SpinningUp writes polyak for 1 - tau), or None.

    A bare `tau` is the lambda of generalised advantages in many on-policy programs (A3C, rl_games), an expectile in
    some offline ones (0.7, 0.9): it is no rate there.
    """
    taus = [(row, tau) for row, tau in numbers(signals, _TAU_KEYS) if not _is_other(signals, row, tau)]
    rows = [*taus, *((row, 1 - value) for row, value in numbers(signals, ("polyak",)))]
    if not rows:
        return None
    row, tau = rows[0]
    return TargetRate(tau, target_interval(signals), row)


def _is_other(signals: Signals, row: ConfigFact, tau: float) -> bool:
    """Whether a number under the name of tau is something else than the rate of a target network."""
    if row.key.rsplit(".", 1)[-1].lower() != _BARE or tau < _SLOW:
        return False
    if signals.algorithm.lower().startswith(_WITH_TARGETS):
        return False
    return (
        tau < _WHOLE or learns_on_policy(signals) or any(_GAE.search(fact.key.lower()) for fact in signals.run.config)
    )


def target_interval(signals: Signals) -> float:
    """Return the configured steps between two target updates; 1 where none are configured."""
    return max((value for _, value in numbers(signals, INTERVALS)), default=1.0)
