"""What alerts stand for: the norms that an alert watches, and the objectives that may explode under it."""

from __future__ import annotations

from forensics.model.meaning import ClipStage, Network, Quantity, Role, Statistic
from forensics.signals.growth import Growth, growth
from forensics.signals.signals import Signal, Signals

NETWORKS = (Network.ACTOR, Network.CRITIC)


def watched_norms(signals: Signals, alert: Signal) -> list[Signal]:
    """Return the gradient norms of the alert's network; of the actor and the critic where it names none."""
    networks = NETWORKS if alert.meaning.network is Network.NONE else (alert.meaning.network,)
    return signals.select(Quantity.GRADIENT_NORM, network=networks)


def is_post_clip(norm: Signal) -> bool:
    """Whether the norm is established to be taken after clipping."""
    return norm.meaning.clip_stage is ClipStage.POST and norm.is_established("clip_stage")


def explosions(signals: Signals, networks: tuple[Network, ...], decades: float) -> list[tuple[Signal, Growth]]:
    """Return the objectives of these networks that grow by so many decades and go on growing."""
    objectives: list[Signal] = []
    if Network.ACTOR in networks:
        objectives += signals.select(Quantity.LOSS, network=Network.ACTOR)
        objectives += signals.select(Quantity.Q_VALUE, role=Role.POLICY, statistic=Statistic.MEAN)
    if Network.CRITIC in networks:
        objectives += signals.select(Quantity.LOSS, network=Network.CRITIC)
        objectives += signals.select(Quantity.Q_VALUE, role=Role.BATCH, statistic=Statistic.MEAN)
    found = []
    for objective in objectives:
        grown = growth(objective.values)
        if grown is not None and grown.decades >= decades and grown.goes_on:
            found.append((objective, grown))
    return found
