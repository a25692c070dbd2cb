"""See whether exploration is too low from the start.

Observes:
    Exploration noise (or the policy's standard deviation) below 0.05 of the action bound at every point of the first
    third; or, where neither is logged, an entropy coefficient below 1e-4 of the reward's size all that time.

Why it matters:
    What is never tried is never learned: the replay buffer holds one behaviour.

Evidence:
    The exploration noise or rate, the standard deviation of the policy, or its entropy coefficient.

How it can be wrong:
    Exploration by other means: parameter noise, an ensemble, a random phase before the log begins, data from others.
    An entropy bonus of 0 is ordinary for an on-policy method, whose policy samples anyway: those are left out.

References:
    Lillicrap et al. 2015 (arXiv 1509.02971) and Fujimoto et al. 2018 (arXiv 1802.09477): noise 0.1 to 0.2 of the
    bound; muPRL (arXiv 2408.15150), mutation of the exploration.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.config.lookup import explores_otherwise
from forensics.detectors.meta import Meta
from forensics.detectors.policy.actions import components
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.learner import learns_on_policy
from forensics.signals.robust import finite
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="POL103",
    name="exploration-too-low",
    fired="Exploration is too low from the start",
    clear="Exploration is not low at the start",
    group="exploration",
    needs=("exploration noise or rate, standard deviation or entropy coefficient of the policy",),
    leak=(3, 100),
    leak_reason="exploration by parameter noise or ensembles logs no action noise",
    how_to_log='writer.add_scalar("train/exploration_noise", noise_sigma, step)',
)

THRESHOLDS = {
    "noise": Threshold(0.05, "of the action bound", "half of the lowest usual noise, 0.1 (TD3)"),
    "temperature": Threshold(1e-4, "of the reward, at most 1", "healthy SAC runs start near 1 and keep 0.01 and more"),
    "points": Threshold(5, "points", "a schedule needs points to show itself"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the first third stays below the limit."""
    other = explores_otherwise(signals)
    if other:
        return META.inconclusive(f"{other} explores by the weights, not by noise in the actions.")
    noise = signals.first(Quantity.EXPLORATION_NOISE) or _policy_std(signals)
    if noise is not None:
        bound = max((component.bound or 1.0 for component in components(signals)), default=1.0)
        limit = THRESHOLDS["noise"].value * bound
        return _judge(noise, limit, limit)
    temperature = signals.first(Quantity.ENTROPY_COEFFICIENT)
    if temperature is None or learns_on_policy(signals):
        return META.not_applicable()
    limit = THRESHOLDS["temperature"].value
    # Rewards that are tiny because nothing is tried would make any temperature look large against them.
    return _judge(temperature, limit * min(1.0, _reward(signals)), limit)


def _judge(noise: Signal, limit: float, ordinary: float) -> Finding:
    """Fire below `limit`, clear from `ordinary` on; between the two nothing is decided."""
    values = finite(noise.values)
    if len(values) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{noise.tag} has only {len(values)} points.")
    early = float(np.abs(values[: max(3, len(values) // 3)]).max())
    numbers: dict[str, Number] = {"noise": early, "limit": limit, "points": len(values)}
    span = f"in the first third of step {noise.steps[0]} to {noise.steps[-1]} ({len(values)} points): "
    span += f"{early:.3g} against {limit:.3g}"
    if limit <= early < ordinary:
        return META.inconclusive(f"{noise.tag} is low, and ordinary only against tiny rewards, {span}.", values=numbers)
    if early >= ordinary:
        return META.pass_(f"{noise.tag} reaches an ordinary level {span}.", values=numbers, evidence=[noise.ref()])
    return META.fire(
        f"{noise.tag} stays below its limit {span}.",
        values=numbers,
        evidence=[noise.ref()],
        figure=figure("Exploration", [noise], limits=[("limit", limit)]),
        onset=int(noise.steps[0]),
    )


def _reward(signals: Signals) -> float:
    """Return the largest size of reward that is logged on the batch; 1 where none is."""
    found = signals.select(Quantity.REWARD, role=(Role.BATCH, Role.NONE), statistic=(Statistic.MEAN, Statistic.STD))
    sizes = [float(np.median(np.abs(finite(signal.values)))) for signal in found if len(finite(signal.values))]
    return max(sizes, default=1.0)


def _policy_std(signals: Signals) -> Signal | None:
    found = signals.first(Quantity.POLICY_STD)
    return found if found is not None and "log" not in found.tag.lower() else None
