"""Parameters of a trained network do not ask for a gradient (requires_grad is False).

Why it matters: seen from the gradient alone, a frozen module and a detached loss look the same.

Evidence: the share of a module's elements that require a gradient, as forensics.recorder measures it.

How it can be wrong: a module frozen on purpose that no configuration declares; target networks are left out.

References: PyTorch documentation, requires_grad; fault-catalogue, parameters-frozen.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.gradients.still import freezing_declared
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD114",
    name="gradient-switched-off",
    fired="Parameters of a trained network do not ask for a gradient",
    clear="All parameters of trained networks ask for a gradient",
    group="requires-grad",
    needs=("share of the parameters that require a gradient",),
    leak=(1, 50),
    leak_reason="freezing on purpose that no configuration declares",
    how_to_log='writer.add_scalar("parameters/encoder_trainable_share", '
    "np.mean([p.requires_grad for p in encoder.parameters()]), step)",
)
THRESHOLDS = {"share": Threshold(1.0, "share of elements", "what is not 1 was switched off")}


def detect(signals: Signals) -> Finding:
    """Look for a share below one."""
    shares = [one for one in signals.select(Quantity.TRAINABLE_SHARE) if one.meaning.role is not Role.TARGET]
    if not shares:
        return META.not_applicable()
    off = [one for one in shares if float(np.median(one.values)) < THRESHOLDS["share"].value]
    if not off:
        return META.pass_(
            f"All parameters of {len(shares)} modules require a gradient.", evidence=[one.ref() for one in shares[:4]]
        )
    least = min(off, key=lambda one: float(np.median(one.values)))
    declared = freezing_declared(signals, least)
    share = float(np.median(least.values))
    if declared:
        return META.inconclusive(f"{least.tag} is {share:.3g}, and the configuration says so: {declared}.")
    return META.fire(
        f"{least.tag} is {share:.3g} against 1 from step {least.steps[0]} to {least.steps[-1]} ({len(least)} points).",
        values={"part": part_name(least), "share": share, "points": len(least)},
        evidence=[one.ref() for one in off],
        figure=figure("Share of parameters that require a gradient", off[:4]),
        onset=int(least.steps[0]),
    )
