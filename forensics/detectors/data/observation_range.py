"""Observations reach values that a network with ordinary initial weights is not made for.

Observes: the logged minimum and maximum of observations.

Why it matters: pixels from 0 to 255 without division make the first layer's gradients 255 times larger; one
unnormalised coordinate drowns the others.

Evidence: minimum or maximum (or mean) of the observations at five points.

How it can be wrong: a normalisation layer inside the network can follow what is logged before it.

References: SB3's documentation, "tips and tricks: always normalize your observation space"; fault catalogue,
observation-unnormalised.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.robust import finite
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="DAT107",
    name="observation-range",
    fired="Observations are far from the unit range",
    clear="Observations are of ordinary range",
    group="observation",
    needs=("minimum or maximum of the observations at five points",),
    leak=(3, 100),
    leak_reason="Raw observations are normalised inside some networks.",
    how_to_log='writer.add_scalar("debug/observation_max", observations.max(), env_step)',
)
THRESHOLDS = {
    "size": Threshold(
        100.0,
        "x the unit range",
        "two decades above the unit range that SB3's documentation asks for; 255 for raw pixels",
    ),
    "points": Threshold(5, "points", "the least for a median"),
}
# Pixels of a byte each are mostly divided by 255 inside the network (CleanRL, SB3's preprocessing), after the log.
LEAK_OF_BYTES = (20.0, 100.0)
BYTE = 255.0


def detect(signals: Signals) -> Finding:
    """Compare the size of observations with the unit range."""
    found = signals.select(Quantity.OBSERVATION, statistic=(Statistic.MIN, Statistic.MAX, Statistic.MEAN))
    sized = [
        (float(np.median(np.abs(finite(one.values)))), one)
        for one in found
        if len(finite(one.values)) >= THRESHOLDS["points"].value
    ]
    if not sized:
        return META.not_applicable()
    size, signal = max(sized, key=lambda pair: pair[0])
    values: dict[str, Number] = {"size": size, "tag": signal.tag}
    sentence = (
        f"|{signal.tag}| is {size:.4g} (median) from step {signal.steps[0]} to {signal.steps[-1]} ({len(signal)} "
        f"points): {size:.4g} against {THRESHOLDS['size'].value:g}."
    )
    if size > THRESHOLDS["size"].value:
        leak = LEAK_OF_BYTES if all(_are_bytes(one) for _, one in sized) else None
        return META.fire(sentence, values=values, evidence=[signal.ref()], onset=int(signal.steps[0]), leak=leak)
    return META.pass_(sentence, values=values, evidence=[signal.ref()])


def _are_bytes(signal: Signal) -> bool:
    """Whether a series of observations may be of bytes: extremes whole, nothing outside 0 to 255."""
    values = finite(signal.values)
    whole = signal.meaning.statistic is Statistic.MEAN or bool((values == np.round(values)).all())
    return whole and bool((values >= 0).all() and (values <= BYTE).all())
