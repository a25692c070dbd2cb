"""The online critic and its target network, seen through one statistic of both."""

from __future__ import annotations

from forensics.detectors.values.q_values import POINT, batch_q
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal, Signals

_CRITICS = (Network.CRITIC, Network.VALUE)


def target_parameters(signals: Signals) -> list[Signal]:
    """Return the parameter statistics of target critics."""
    return signals.select(Quantity.PARAMETER, role=Role.TARGET, network=_CRITICS)


def online_twin(signals: Signals, target: Signal) -> Signal | None:
    """Return the same parameter statistic of the online critic."""
    meaning = target.meaning
    online = signals.select(
        Quantity.PARAMETER,
        network=meaning.network,
        module=meaning.module,
        statistic=meaning.statistic,
        member=meaning.member,
    )
    return max((item for item in online if item.meaning.role is not Role.TARGET), key=len, default=None)


def online_and_target(signals: Signals) -> tuple[Signal, Signal] | None:
    """Return online and target critic through parameters, else through mean Q; None where either is missing."""
    for target in target_parameters(signals):
        online = online_twin(signals, target)
        if online is not None:
            return online, target
    values, target_q = batch_q(signals), signals.first(Quantity.Q_VALUE, role=Role.TARGET, statistic=POINT)
    return (values[0], target_q) if values and target_q is not None else None
