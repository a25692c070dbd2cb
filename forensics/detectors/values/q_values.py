"""The values of Q that the detectors of this family compare, and how to bring two of them to the same steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.model.evidence import Ints
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.growth import growth
from forensics.signals.signals import Array, Signal, Signals

POINT = (Statistic.MEAN, Statistic.VALUE)
_OTHER_OBJECTIVES = ("sac", "ppo", "a2c", "bc", "cql", "iql", "awac", "awr", "bear", "mpo", "impala", "dqn", "redq")
_OF_A_STOCHASTIC_POLICY = (
    Quantity.ENTROPY,
    Quantity.ENTROPY_COEFFICIENT,
    Quantity.POLICY_STD,
    Quantity.KL,
    Quantity.CLIP_FRACTION,
    Quantity.STATE_VALUE,
    Quantity.EXPLAINED_VARIANCE,
)


@dataclass(frozen=True)
class PolicyQ:
    """Mean Q(s, pi(s)) over the batch: logged as such (sign 1), or the actor loss (sign -1)."""

    signal: Signal
    sign: float

    @property
    def values(self) -> Array:
        return self.sign * self.signal.values

    @property
    def inferred(self) -> bool:
        """Whether it is read from the actor loss."""
        return self.sign < 0

    @property
    def words(self) -> str:
        """Name the quantity, and the inference where there is one."""
        if not self.inferred:
            return f"Q of the policy's actions ({self.signal.tag})"
        return f"Q of the policy's actions (minus {self.signal.tag}, the objective of a deterministic policy)"


def policy_q(signals: Signals) -> PolicyQ | None:
    """Return Q(s, pi(s)); from the actor loss only where the actor maximises Q and nothing else (identity I5)."""
    direct = signals.first(Quantity.Q_VALUE, role=Role.POLICY, statistic=POINT)
    if direct is not None:
        return PolicyQ(direct, 1.0)
    loss = signals.first(Quantity.LOSS, network=Network.ACTOR, statistic=POINT)
    return PolicyQ(loss, -1.0) if loss is not None and maximises_q_alone(signals) else None


def maximises_q_alone(signals: Signals) -> bool:
    """Whether the actor's objective can only be Q: no entropy, cloning or ratio term is named or logged.

    An actor loss that hardly varies is not taken for Q: TD3+BC and other normalised objectives hold it constant.
    The name of the algorithm alone does not prove it: a name can be inferred, and objectives are changed.
    """
    name = signals.algorithm.lower()
    if any(other in name for other in _OTHER_OBJECTIVES):
        return False
    if any(signals.first(quantity) is not None for quantity in _OF_A_STOCHASTIC_POLICY):
        return False
    critic = signals.first(Quantity.LOSS, network=Network.CRITIC) or signals.first(Quantity.Q_VALUE)
    loss = signals.first(Quantity.LOSS, network=Network.ACTOR, statistic=POINT)
    if critic is None or loss is None:
        return False
    course = growth(loss.values)
    return course is not None and abs(course.decades) > 0.5


def batch_q(signals: Signals, statistic: Statistic = Statistic.MEAN) -> list[Signal]:
    """Return this statistic of Q(s, a) on the batch, of the first critic (or of the only one) before the others."""
    wanted = POINT if statistic is Statistic.MEAN else (statistic,)
    return sorted(
        signals.select(Quantity.Q_VALUE, role=Role.BATCH, statistic=wanted),
        key=lambda signal: (signal.meaning.member > 1, -len(signal)),
    )


def paired(signal: Signal, other: Signal) -> tuple[Ints, Array, Array]:
    """Return steps at which both can be read, with the finite values of each.

    Joined on equal steps where at least half of the points of the sparser have a partner; else each point of the
    first takes the last value of the other logged before it. Different step axes have nothing in common.
    """
    if signal.meaning.axis is not other.meaning.axis:
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    steps, (own, theirs) = join(signal, other)
    if 2 * len(steps) < min(len(signal), len(other)):
        order = np.argsort(other.steps, kind="stable")
        place = np.searchsorted(other.steps[order], signal.steps, side="right") - 1
        known = place >= 0
        steps, own, theirs = signal.steps[known], signal.values[known], other.values[order][place[known]]
    keep = np.isfinite(own) & np.isfinite(theirs)
    return steps[keep], own[keep], theirs[keep]
