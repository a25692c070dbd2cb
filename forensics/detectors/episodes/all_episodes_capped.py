"""All episodes have the same length.

Observes: the length of every finished training episode is one and the same number.

Why it matters: where every episode ends at a time limit, no real termination is ever seen; whether the limit is
stored as a terminal state then decides what the critic learns.

Evidence: at least ten points of episode length that have more than one step.

How it can be wrong: it is a fact and no fault; many control tasks have a fixed length by design.

References: Pardo 2018, "Time limits in reinforcement learning" (arXiv 1712.00378).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.signals import Signals

META = Meta(
    code="EPS106",
    name="all-episodes-capped",
    fired="All episodes have the same length",
    clear="Episode lengths differ",
    group="episode-end",
    needs=("length of at least ten training episodes",),
    leak=(30, 100),
    leak_reason="Fixed-length tasks (locomotion, pendulum) are healthy and common: about a third of benchmark tasks.",
    how_to_log='writer.add_scalar("rollout/ep_len_mean", mean_length, env_step)',
)
THRESHOLDS = {"points": Threshold(10, "points", "ten equal lengths are not a coincidence in a task with terminations")}


def detect(signals: Signals) -> Finding:
    """Check whether every logged episode length is the same whole number."""
    lengths = signals.first(
        Quantity.EPISODE_LENGTH, role=(Role.TRAIN, Role.NONE), statistic=(Statistic.MEAN, Statistic.VALUE)
    )
    if lengths is None:
        return META.not_applicable()
    values = lengths.values[np.isfinite(lengths.values)]
    if len(values) < THRESHOLDS["points"].value:
        return META.not_applicable()
    shortest, longest = float(values.min()), float(values.max())
    sentence = (
        f"{lengths.tag} lies between {shortest:g} and {longest:g} from step {lengths.steps[0]} to {lengths.steps[-1]} "
        f"({len(values)} points)."
    )
    measured: dict[str, Number] = {"shortest": shortest, "longest": longest, "points": len(values)}
    if shortest == longest and longest > 1 and longest.is_integer():
        return META.fire(sentence, values=measured, evidence=[lengths.ref()], onset=int(lengths.steps[0]))
    return META.pass_(sentence, values=measured, evidence=[lengths.ref()])
