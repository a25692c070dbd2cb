"""See whether a model is trained that no reward teaches.

Observes:
    The loss of a model, and nothing of an agent: no return, episode, reward, Q, explained variance, clip fraction or
    actor loss, and no algorithm that the configuration names.

Why it matters:
    A gradient that dies means other things in a classifier than in a policy: there are no actions at a bound.

Evidence:
    The loss of a model at ten points.

How it can be wrong:
    An agent of which nothing but "loss" is logged; nothing could be said of its policy either.

References:
    fault-catalogue, "Faults of any learning run".
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.learner import learns_without_reward
from forensics.signals.signals import Signals

META = Meta(
    code="DAT110",
    name="learns-without-reward",
    fired="The run trains a model without rewards",
    clear="The run trains an agent",
    group="data-source",
    needs=("loss of a model or of an agent",),
    leak=(50, 100),
    leak_reason="half of all training is supervised, and sound; it is a circumstance, not an alarm",
    how_to_log='writer.add_scalar("train/loss", loss.item(), step)',
)

THRESHOLDS = {"points": Threshold(10, "points", "fewer show no course of training")}


def detect(signals: Signals) -> Finding:
    """Fire where a model has a loss and nothing speaks of an agent."""
    losses = [loss for loss in signals.select(Quantity.LOSS) if len(loss) >= THRESHOLDS["points"].value]
    if not losses:
        return META.not_applicable()
    shown = next((loss for loss in losses if loss.meaning.network is Network.MODEL), losses[0])
    told = f"from step {shown.steps[0]} to {shown.steps[-1]} ({len(shown)} points)"
    if learns_without_reward(signals):
        return META.fire(
            f"{shown.tag} is the loss of a model {told}, and no return, reward or value is logged: 0 against 1.",
            evidence=[shown.ref()],
        )
    return META.pass_(f"{shown.tag} is logged beside what only agents have {told}.", evidence=[shown.ref()])
