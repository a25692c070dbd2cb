"""Which Q the actor maximises: identity I5, actor_loss = -mean Q(s, pi(s))."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.signals import Signal

TOLERANCE = 1e-4  # float32 means of one batch, computed twice
LEAST_POINTS = 5


def establish_policy_q(signals: Sequence[Signal]) -> list[Signal]:
    """Return the signals with the role of a Q value established where it is minus the actor's loss."""
    losses = [
        signal
        for signal in signals
        if signal.meaning.quantity is Quantity.LOSS and signal.meaning.network is Network.ACTOR
    ]
    return [_compare(signal, losses) for signal in signals]


def _compare(signal: Signal, losses: Sequence[Signal]) -> Signal:
    if signal.meaning.quantity is not Quantity.Q_VALUE or signal.meaning.statistic is not Statistic.MEAN:
        return signal
    for loss in losses:
        steps, (q, objective) = join(signal, loss)
        if len(steps) < LEAST_POINTS or not np.ptp(q):
            continue
        if np.mean(np.abs(q + objective) <= TOLERANCE * np.abs(q)) > 0.95:
            return signal.establish("role", Role.POLICY, f"equals minus {loss.tag} at {len(steps)} points (I5)")
    return signal
