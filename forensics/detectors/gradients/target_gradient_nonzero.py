"""A target network receives a gradient.

Observes: the gradient norm of a module that is declared or named a target network, above 0 at most points.

Why it matters: a target is held still so that the critic has something to regress on. A gradient shows that the loss
is differentiated through it: the critic lowers its loss by moving the target to itself.

Evidence: the gradient norm of a target network.

How it can be wrong: a tag that says "target" and means the loss on the target (a task, a domain).

References: Baird 1995, Residual Algorithms; Sutton and Barto 2018, section 11.5 (semi-gradient methods).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import NORMS
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="GRD117",
    name="target-gradient-nonzero",
    fired="A target network receives a gradient",
    clear="No target network receives a gradient",
    group="target-gradient",
    needs=("gradient norm of a target network",),
    leak=(1, 200),
    leak_reason="a target under no_grad has no gradient at all",
    how_to_log="norm = sum(float(p.grad.norm()) ** 2 for p in target.parameters() if p.grad is not None) ** 0.5; "
    'writer.add_scalar("gradients/target_critic_norm", norm, step)',
)
THRESHOLDS = {
    "share": Threshold(0.5, "share of points above 0", "a path that exists gives a gradient at every update"),
    "points": Threshold(5, "points", "fewer may be the start alone"),
}
VALUED = (Network.ACTOR, Network.CRITIC, Network.VALUE, Network.ENCODER)


def detect(signals: Signals) -> Finding:
    """Look for a gradient norm of a target network that is above 0."""
    norms = [
        norm
        for norm in signals.select(Quantity.GRADIENT_NORM, reduction=NORMS, role=Role.TARGET, network=VALUED)
        if len(norm) >= THRESHOLDS["points"].value
    ]
    if not norms:
        return META.not_applicable()
    norm = max(norms, key=lambda one: float(np.mean(one.values > 0)))
    share = float(np.mean(norm.values > 0))
    statement = (
        f"{norm.tag} is above 0 at {share:.0%} of the points from step {norm.steps[0]} to {norm.steps[-1]} "
        f"({len(norm)} points) against {THRESHOLDS['share'].value:.0%}."
    )
    if share < THRESHOLDS["share"].value:
        return META.pass_(statement, values={"share": share}, evidence=[norm.ref()])
    return META.fire(
        statement,
        values={"share": share, "median": float(np.median(norm.values))},
        evidence=[norm.ref()],
        figure=figure("Gradient norm of a target network", [norm]),
        onset=int(norm.steps[np.flatnonzero(norm.values > 0)[0]]),
    )
