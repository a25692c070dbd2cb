"""See whether the validation loss rises while the training loss falls.

Observes:
    After its minimum, the validation loss rising by a tenth of that minimum and staying there, while the training
    loss goes on falling.

Why it matters:
    From there on the model learns the training set by heart.

Evidence:
    Training and validation loss of one model, eight validation points.

How it can be wrong:
    Cross-entropy can rise through a few confident errors while accuracy still improves.

References:
    Prechelt 1998, "Early stopping - but when?", generalisation loss GL 5 to 10 %.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="LOS105",
    name="validation-diverges",
    fired="The validation loss rises while the training loss falls",
    clear="The validation loss does not part from the training loss",
    group="generalisation",
    needs=("training loss", "validation loss"),
    leak=(5, 100),
    leak_reason="mild overfitting late in a run is common and often harmless",
    how_to_log='writer.add_scalar("val/loss", val_loss.item(), epoch)',
)

THRESHOLDS = {
    "rise": Threshold(0.10, "of the lowest validation loss", "Prechelt 1998, generalisation loss"),
    "points": Threshold(8, "validation points", "a minimum with three points behind it"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the last three validation points lie above the minimum by the limit and training went on falling."""
    train = signals.first(Quantity.LOSS, network=Network.MODEL, role=(Role.TRAIN, Role.NONE))
    held = signals.first(Quantity.LOSS, network=Network.MODEL, role=Role.VALIDATION)
    if train is None or held is None:
        return META.not_applicable(*[n for n, have in zip(META.needs, (train, held), strict=True) if have is None])
    known = np.isfinite(held.values)
    steps, values = held.steps[known], held.values[known]
    training = train.values[np.isfinite(train.values)]
    if len(values) < THRESHOLDS["points"].value or len(training) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{held.tag} has {len(values)} and {train.tag} {len(training)} finite points.")
    lowest = int(np.argmin(values))
    rise = (float(np.median(values[-3:])) - float(values[lowest])) / max(abs(float(values[lowest])), 1e-12)
    place = int(lowest / len(values) * len(training))
    falls = float(np.median(training[-3:])) < float(np.median(training[max(0, place - 1) : place + 2]))
    limit = THRESHOLDS["rise"].value
    numbers: dict[str, Number] = {"rise": rise, "lowest": float(values[lowest]), "points": len(values)}
    span = f"from step {steps[lowest]} to {steps[-1]} ({len(values) - lowest} points): {rise:.1%} against {limit:.0%}"
    evidence = [held.ref(), train.ref()]
    if rise <= limit or not falls or len(values) - lowest <= 3:
        return META.pass_(
            f"{held.tag} does not rise for long while {train.tag} falls {span}.", values=numbers, evidence=evidence
        )
    return META.fire(
        f"{held.tag} rises above its lowest point while {train.tag} falls {span}.",
        values=numbers,
        evidence=evidence,
        figure=figure("Training and validation loss", [train, held], onset=int(steps[lowest])),
        onset=int(steps[lowest]),
    )
