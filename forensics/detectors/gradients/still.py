"""Parameter statistics that never change, beside others that do."""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import moving_share
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.signals import Signal, Signals

LEAST_POINTS = 5
MOVING = 0.5  # share of points at which a trained parameter's statistic changes
HOW_TO_LOG_PARAMETERS = (
    'writer.add_scalar("agent/actor_param_std", torch.cat([p.flatten() for p in actor.parameters()]).std(), step)'
)
_STATISTICS = (Statistic.STD, Statistic.NORM, Statistic.MEAN)


def still_and_moving(signals: Signals) -> tuple[list[Signal], list[Signal]]:
    """Return the trained networks' parameter statistics that are bit-constant, and those that move."""
    known = [
        signal
        for signal in signals.select(Quantity.PARAMETER, statistic=_STATISTICS)
        if signal.meaning.role is not Role.TARGET
        and signal.meaning.network is not Network.NONE
        and len(signal) >= LEAST_POINTS
    ]
    moving = [signal for signal in known if moving_share(signal) >= MOVING]
    parts_that_move = {(signal.meaning.network, signal.meaning.module) for signal in moving}
    still = [
        signal
        for signal in known
        if np.ptp(signal.values) == 0 and (signal.meaning.network, signal.meaning.module) not in parts_that_move
    ]
    return still, moving
