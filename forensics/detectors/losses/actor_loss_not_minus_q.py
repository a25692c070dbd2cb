"""Hold the actor's loss against minus the value of the policy's actions.

Observes:
    Actor loss over -mean Q(s, pi(s)) steady at another number than 1: a constant factor, or the sign turned.

Why it matters:
    For a deterministic policy the two are equal by definition (identity I5). A factor means that one is reduced
    otherwise (sum for mean); a turned sign means that the actor minimises its value, or that the log turns it.

Evidence:
    Actor loss and mean Q of the policy's actions at the same steps, of an algorithm without entropy or cloning term.

How it can be wrong:
    A loss with further terms varies in its ratio and is left alone, unless the further terms scale with Q as well.

References:
    Silver et al. 2014, deterministic policy gradient; fault-catalogue, I5 and wrong-reduction.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.robust import mad
from forensics.signals.signals import Signals

META = Meta(
    code="LOS102",
    name="actor-loss-not-minus-q",
    fired="The actor's loss is minus Q only up to a factor or the sign",
    clear="The actor's loss is minus the value of the policy's actions",
    group="objective-identity",
    needs=("actor loss", "mean Q of the policy's actions"),
    leak=(2, 100),
    leak_reason="an identity; further terms in proportion to Q would mimic a factor",
    how_to_log='writer.add_scalar("debug/actor_q_mean", critic.q1(state, actor(state)).mean().item(), step)',
)

THRESHOLDS = {
    "equal": Threshold(0.05, "of the ratio", "window means over different updates differ by a few percent"),
    "steady": Threshold(0.05, "robust spread of the ratio", "a constant factor has none but that of the windows"),
    "points": Threshold(10, "points", "a steady ratio needs points at different levels"),
}

_WITH_MORE_TERMS = (Quantity.ENTROPY_COEFFICIENT, Quantity.ENTROPY, Quantity.KL, Quantity.CLIP_FRACTION)


def detect(signals: Signals) -> Finding:
    """Fire where the ratio is steady and not 1."""
    loss = signals.first(Quantity.LOSS, network=Network.ACTOR)
    value = signals.first(Quantity.Q_VALUE, role=Role.POLICY, statistic=(Statistic.MEAN, Statistic.VALUE))
    if loss is None or value is None:
        return META.not_applicable(*[n for n, have in zip(META.needs, (loss, value), strict=True) if have is None])
    if any(signals.first(quantity) is not None for quantity in _WITH_MORE_TERMS) or "bc" in signals.algorithm.lower():
        return META.not_applicable("an actor loss of Q alone")
    steps, (own, q) = join(loss, value)
    keep = np.isfinite(own) & np.isfinite(q) & (q != 0)
    steps, ratio = steps[keep], -own[keep] / q[keep]
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{loss.tag} and {value.tag} share only {len(steps)} points.")
    factor = float(np.median(ratio))
    spread = mad(ratio) / max(abs(factor), 1e-12)
    values: dict[str, Number] = {"factor": factor, "spread": spread, "points": len(steps)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {factor:.4g} against 1"
    evidence = [loss.ref(), value.ref()]
    if abs(factor - 1) <= THRESHOLDS["equal"].value:
        return META.pass_(f"-{loss.tag} over {value.tag} is 1 {span}.", values=values, evidence=evidence)
    if spread > THRESHOLDS["steady"].value:
        return META.inconclusive(f"-{loss.tag} over {value.tag} is not steady {span}.", values=values)
    return META.fire(
        f"-{loss.tag} over {value.tag} is steady at another number {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Actor loss and the value of the policy's actions", [loss, value]),
        onset=int(steps[0]),
    )
