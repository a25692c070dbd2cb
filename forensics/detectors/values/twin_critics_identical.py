"""See whether the two critics are one and the same.

Observes:
    Q (or the loss) of critic 1 equal to that of critic 2 bit for bit at every point, while both change.

Why it matters:
    The minimum of one number and itself corrects nothing: clipped double Q is off, though the code has it.

Evidence:
    Q on the batch, or the loss, of both critics at ten points.

How it can be wrong:
    One series logged under two names; equal seeds that give both critics the same weights, which is the same fault.

References:
    Fujimoto et al. 2018 (arXiv 1802.09477), section 4.2: the twin estimates must be independent to be of use.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import paired
from forensics.detectors.values.twins import NEEDS, twin_losses, twin_values
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="VAL109",
    name="twin-critics-identical",
    fired="The two critics give the same numbers bit for bit",
    clear="The two critics differ",
    group="twin-critics",
    needs=NEEDS,
    leak=(1, 200),
    leak_reason="two trained networks never agree in every bit; only one series under two names looks alike",
    how_to_log='writer.add_scalars("q", {"q1": q1.mean().item(), "q2": q2.mean().item()}, step)',
)

THRESHOLDS = {"points": Threshold(10, "points", "ten equal float32 numbers by chance: below 1e-60")}


def detect(signals: Signals) -> Finding:
    """Fire where all points agree bit for bit and are not constant."""
    twins = twin_values(signals) or twin_losses(signals)
    if twins is None:
        return META.not_applicable()
    first, second = twins
    steps, one, two = paired(first, second)
    if len(steps) < THRESHOLDS["points"].value or len(np.unique(one)) < 3:
        return META.inconclusive(f"{first.tag} and {second.tag} share too few different points ({len(steps)}).")
    same = int((one == two).sum())
    values: dict[str, Number] = {"equal_points": same, "points": len(steps)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {same} points against {len(steps)}"
    evidence = [first.ref(), second.ref()]
    if same < len(steps):
        return META.pass_(
            f"{first.tag} equals {second.tag} at some points at most {span}.", values=values, evidence=evidence
        )
    return META.fire(
        f"{first.tag} equals {second.tag} bit for bit {span}.",
        values=values,
        evidence=evidence,
        figure=figure("The two critics", [first, second]),
        onset=int(steps[0]),
    )
