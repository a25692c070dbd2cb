"""The values that the returns of a run allow on average, for the two detectors of bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.values.q_values import PolicyQ, batch_q, paired, policy_q
from forensics.model.meaning import Statistic
from forensics.signals.returns import discount, episode_length, episodic_returns
from forensics.signals.robust import finite
from forensics.signals.signals import Array, Signal, Signals

NEEDS = (
    "mean Q of the policy's actions",
    "mean Q on the replay batch",
    "episodic return",
    "episode length",
    "discount",
)


@dataclass(frozen=True)
class Allowed:
    """Mean discounted returns that the logged episodes allow, from the worst to the best twentieth of them.

    `low` and `high` are reward per step / (1 - gamma), widened to 0; `late` is the same of the last third's median
    episode, reduced for an episode of `length` steps whose end is terminal: mean over its steps of the rest's return.
    """

    low: float
    high: float
    late: float

    @property
    def scale(self) -> float:
        return max(-self.low, self.high)


@dataclass(frozen=True)
class Evidence:
    """Q of the policy's actions and on the batch over the last third of their common steps, and what is allowed.

    `policy_before` is the policy's Q over the middle third, `spread` the standard deviation of Q on the batch over
    the last third (0 where it is not logged).
    """

    policy: PolicyQ
    batch: Signal
    policy_level: float
    batch_level: float
    policy_before: float
    spread: float
    allowed: Allowed
    points: int

    @property
    def settled(self) -> bool:
        """Whether the policy's Q has moved by less than a fifth since the middle third."""
        return abs(self.policy_level - self.policy_before) <= 0.2 * abs(self.policy_level)


def allowed(returns: Array, length: float, gamma: float) -> Allowed:
    """Return the range of mean discounted returns: returns per episode, its length in steps, gamma below 1."""
    rates = returns / length
    horizon = 1.0 / (1.0 - gamma)
    worst, best = np.quantile(rates, [0.05, 0.95])
    late = float(np.median(rates[-max(1, len(rates) // 3) :]))
    end = 1.0 - (1.0 - gamma**length) / (length * (1.0 - gamma))
    return Allowed(min(float(worst), 0.0) * horizon, max(float(best), 0.0) * horizon, late * horizon * end)


def gather(signals: Signals) -> Evidence | list[str]:
    """Return the evidence, or the names of what is missing (empty: there, but too little to decide)."""
    policy, batch = policy_q(signals), batch_q(signals)
    returns, length, gamma = episodic_returns(signals), episode_length(signals), discount(signals)
    have = (policy is not None, bool(batch), len(returns) > 0, length is not None, gamma is not None)
    if policy is None or not batch or not len(returns) or length is None or gamma is None:
        return [need for need, known in zip(NEEDS, have, strict=True) if not known]
    steps, own, theirs = paired(policy.signal, batch[0])
    if len(steps) < 9 or len(returns) < 6 or not 0 < gamma < 1:
        return []
    third = len(steps) // 3
    spread = next((finite(item.values) for item in batch_q(signals, Statistic.STD)), np.zeros(0))
    return Evidence(
        policy,
        batch[0],
        policy.sign * float(np.median(own[-third:])),
        float(np.median(theirs[-third:])),
        policy.sign * float(np.median(own[-2 * third : -third])),
        float(np.median(spread[-max(1, len(spread) // 3) :])) if len(spread) else 0.0,
        allowed(returns, length, gamma),
        len(steps),
    )
