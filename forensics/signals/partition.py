"""How the parts of a network make up its total: whether their norms or the squares of them add up (I2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.model.meaning import ClipStage, Module, Network, Reduction
from forensics.signals.align import join
from forensics.signals.norms import LEAST_POINTS, PAIR_TOLERANCE, PINNED_SPREAD, family, is_norm, one_sink
from forensics.signals.signals import Signal


def by_partition(signals: Sequence[Signal]) -> list[Signal]:
    """Establish the reduction of norms after a clip by how a network's parts make up its total (I2).

    Squares of L2 norms add up; sums of tensor norms add up themselves. Which holds needs no limit, where at least two
    parts weigh enough that the two differ. A total of one part takes over what one expression logs for another network.
    """
    families: dict[tuple[Network, ClipStage, str], list[Signal]] = {}
    for signal in signals:
        if any(is_norm(signal, network) for network in Network):
            claimed = ClipStage(signal.claims.get("clip_stage", signal.meaning.clip_stage))
            families.setdefault((signal.meaning.network, claimed, family(signal.tag)), []).append(signal)
    found: list[Signal] = []
    proven: dict[tuple[ClipStage, str], tuple[Reduction, str]] = {}
    for (_, stage, name), group in families.items():
        once = one_sink(group)
        totals = [signal for signal in once if signal.meaning.module is Module.WHOLE and not signal.meaning.member]
        parts = [signal for signal in once if signal not in totals]
        verdict = _partition(totals[0], parts) if len(totals) == 1 and len(parts) > 1 else None
        if verdict is not None:
            proven.setdefault((stage, name), verdict)
            found += [_reduced(signal, *verdict) for signal in group]
    for (_, stage, name), group in families.items():
        alike = proven.get((stage, name))
        read = {id(signal.series) for signal in found}
        if alike is not None:
            how = f"one expression logs it for another network: {alike[1]}"
            found += [_reduced(signal, alike[0], how) for signal in group if id(signal.series) not in read]
    return found


def _reduced(signal: Signal, reduction: Reduction, how: str) -> Signal:
    """Read the reduction, unless an identity of the signal's own has established it."""
    return signal if signal.is_established("reduction") else signal.establish("reduction", reduction, how)


def _partition(total: Signal, parts: Sequence[Signal]) -> tuple[Reduction, str] | None:
    _, (whole, *columns) = join(total, *parts)
    euclidean, linear = np.sqrt(np.sum(np.square(columns), axis=0)), np.sum(columns, axis=0)
    telling = (whole > 0) & (linear > (1 + PAIR_TOLERANCE) * euclidean)
    if telling.sum() < LEAST_POINTS:
        return None
    names = " and ".join(part.tag for part in parts)
    for reduction, made, words_ in (
        (Reduction.L2, euclidean, "the squares of {0} add up to the square of {1}"),
        (Reduction.SUM_OF_L2, linear, "{0} add up to {1} themselves, as sums of norms do and L2 norms cannot"),
    ):
        if np.mean(np.abs(made[telling] - whole[telling]) <= PINNED_SPREAD * whole[telling]) >= 0.95:
            return reduction, f"{words_.format(names, total.tag)} at {int(telling.sum())} points (I2)"
    return None
