"""The first two critics of an ensemble."""

from __future__ import annotations

from forensics.detectors.values.q_values import POINT
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal, Signals

NEEDS = ("Q of the first critic", "Q of the second critic")


def twin_values(signals: Signals) -> tuple[Signal, Signal] | None:
    """Return mean Q on the batch of critics 1 and 2, or None."""
    one = signals.first(Quantity.Q_VALUE, role=Role.BATCH, statistic=POINT, member=1)
    two = signals.first(Quantity.Q_VALUE, role=Role.BATCH, statistic=POINT, member=2)
    return (one, two) if one is not None and two is not None else None


def twin_losses(signals: Signals) -> tuple[Signal, Signal] | None:
    """Return the losses of critics 1 and 2, or None."""
    one = signals.first(Quantity.LOSS, network=Network.CRITIC, member=1)
    two = signals.first(Quantity.LOSS, network=Network.CRITIC, member=2)
    return (one, two) if one is not None and two is not None else None
