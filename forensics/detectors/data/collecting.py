"""Where the data of a run come from: an environment that it steps, or a fixed data set."""

from __future__ import annotations

from forensics.model.meaning import Axis, Network, Quantity, Role
from forensics.signals.signals import Signal, Signals

ENOUGH = 10
_COLLECTING = (
    Quantity.ENV_STEP_COUNT,
    Quantity.EPISODE_COUNT,
    Quantity.BUFFER_SIZE,
    Quantity.BUFFER_SHARE,
    Quantity.EXPLORATION_NOISE,
)
_PER_EPISODE = (Quantity.EPISODIC_RETURN, Quantity.EPISODE_LENGTH, Quantity.REWARD, Quantity.SUCCESS_RATE)


def learned_values(signals: Signals) -> list[Signal]:
    """Return the critic losses and values of Q that show a course of training."""
    values = [*signals.select(Quantity.LOSS, network=Network.CRITIC), *signals.select(Quantity.Q_VALUE)]
    return [item for item in values if len(item) >= ENOUGH]


def collecting(signals: Signals) -> list[Signal]:
    """Return what shows that an environment is stepped for training."""
    found = [item for quantity in _COLLECTING for item in signals.select(quantity)]
    found += [item for quantity in _PER_EPISODE for item in signals.select(quantity, role=(Role.TRAIN, Role.BATCH))]
    return found + [item for item in signals.signals if item.meaning.axis is Axis.ENV_STEP]


def is_by_updates(values: list[Signal]) -> bool:
    """Whether the steps of all of them are known to count updates or epochs."""
    return all(item.meaning.axis in (Axis.UPDATE, Axis.EPOCH) for item in values)


def is_offline(signals: Signals) -> bool:
    """Whether values are learned at updates and nothing shows an environment that is stepped for it."""
    values = learned_values(signals)
    return bool(values) and not collecting(signals) and is_by_updates(values)
