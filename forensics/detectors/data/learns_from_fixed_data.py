"""See whether a value-based run learns without collecting data of its own.

Observes:
    Losses of critic or Q on an axis of updates, evaluation returns at most, and no trace of an environment being
    stepped for training: no training return or episode length, no environment steps, no replay buffer that fills, no
    exploration noise.

Why it matters:
    On a fixed data set nothing corrects the value of actions that the data do not hold (extrapolation error). An
    online divergence has other causes, so the two must be told apart before either is named.

Evidence:
    A critic loss or Q values at ten points on an axis that is known to count updates or epochs.

How it can be wrong:
    An online run that logs next to nothing about its environment; so the axis must be known, not merely unknown.

References:
    Fujimoto et al. 2019 (arXiv 1812.02900); Levine et al. 2020 (arXiv 2005.01643), offline reinforcement learning.
"""

from __future__ import annotations

from forensics.detectors.data.collecting import ENOUGH, collecting, is_by_updates, learned_values
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="DAT108",
    name="learns-from-fixed-data",
    fired="The run learns from a fixed data set",
    clear="The run collects its own data",
    group="data-source",
    needs=("critic loss or Q at ten points on an axis of updates or epochs",),
    leak=(10, 100),
    leak_reason="about one run in ten is offline, and sound; it is a circumstance, not an alarm",
    how_to_log='writer.add_scalar("progress/env_steps", env_step, update)',
)

THRESHOLDS = {"points": Threshold(ENOUGH, "points", "fewer show no course of training")}


def detect(signals: Signals) -> Finding:
    """Fire where values are learned on an axis of updates and nothing shows a collecting environment."""
    values = learned_values(signals)
    if not values:
        return META.not_applicable()
    if found := collecting(signals):
        shown = found[0]
        return META.pass_(f"{shown.tag} shows an environment that is stepped for training.", evidence=[shown.ref()])
    learned = values[0]
    if not is_by_updates(values):
        return META.inconclusive(f"What the steps of {learned.tag} count is not known.")
    return META.fire(
        f"{learned.tag} is learned from step {learned.steps[0]} to {learned.steps[-1]} ({len(learned)} points), and no "
        "training episode, environment step or growing buffer is logged: 0 against 1.",
        evidence=[item.ref() for item in values[:3]],
    )
