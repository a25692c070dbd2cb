"""Parameter statistics that never change, beside others that do."""

from __future__ import annotations

import re

import numpy as np

from forensics.detectors.gradients.parts import moving_share, part_of
from forensics.model.meaning import Module, Network, Quantity, Role, Statistic
from forensics.signals.signals import Signal, Signals

LEAST_POINTS = 5
MOVING = 0.5  # share of points at which a trained parameter's statistic changes
HOW_TO_LOG_PARAMETERS = (
    'writer.add_scalar("agent/actor_param_std", torch.cat([p.flatten() for p in actor.parameters()]).std(), step)'
)
_OFF = ("", "false", "no", "none", "null", "off", "0")
_STATISTICS = (Statistic.STD, Statistic.NORM, Statistic.MEAN)


def still_and_moving(signals: Signals) -> tuple[list[Signal], list[Signal]]:
    """Return the trained networks' parameter statistics that are bit-constant, and those that move."""
    known = [
        signal
        for signal in signals.select(Quantity.PARAMETER, statistic=_STATISTICS)
        if signal.meaning.role is not Role.TARGET and part_of(signal)[1] and len(signal) >= LEAST_POINTS
    ]
    moving = [signal for signal in known if moving_share(signal) >= MOVING]
    parts_that_move = {part_of(signal) for signal in moving}
    still = [signal for signal in known if np.ptp(signal.values) == 0 and part_of(signal) not in parts_that_move]
    return still, moving


def freezing_declared(signals: Signals, still: Signal) -> str:
    """Return the configuration that freezes this module on purpose ("key = value"), or nothing.

    A key that names another network than the module's declares nothing about it; the CNN of a network is its encoder.
    """
    own = {still.meaning.network.value} | ({"encoder"} if still.meaning.module is Module.CNN else set())
    for row in signals.run.config:
        words = re.split(r"[^a-z0-9]+", row.key.rsplit(".", 1)[-1].lower())
        others = {network.value for network in Network} - own - {"none"}
        names_own = not others.intersection(words)
        says_freeze = any(word in {"freeze", "frozen", "freezing"} for word in words)
        if says_freeze and names_own and str(row.value).lower() not in _OFF:
            return f"{row.key} = {row.value}"
    return ""
