"""See whether policy updates leave the trust region.

Observes:
    Approximate KL divergence between old and new policy above 0.1, or a clip fraction above 0.5, at most points.

Why it matters:
    The data of a rollout speak of the policy that made it. Updates that leave it far behind follow noise.

Evidence:
    Approximate KL or clip fraction at ten points.

How it can be wrong:
    Single spikes are ordinary and do not count. Some algorithms take large steps by design. The divergence of an
    autoencoder or of a world model from its prior, or of a language model from its reference, is no trust region.

References:
    Schulman et al. 2017 (arXiv 1707.06347), target KL 0.003 to 0.03; Huang et al. 2022, "The 37 implementation
    details of PPO", approx_kl and clipfrac; fault-catalogue, policy-update-too-large.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.learner import policy_divergence
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="POL105",
    name="kl-too-large",
    fired="Policy updates leave the trust region",
    clear="Policy updates stay within the trust region",
    group="trust-region",
    needs=("approximate KL divergence between old and new policy, or clip fraction",),
    leak=(2, 100),
    leak_reason="three times the largest usual target at most points; short aggressive schedules reach it",
    how_to_log='writer.add_scalar("train/approx_kl", ((ratio - 1) - log_ratio).mean().item(), step)',
)

THRESHOLDS = {
    "kl": Threshold(0.1, "nats", "fault-catalogue, policy-update-too-large; usual targets are 0.01 to 0.03"),
    "clip_fraction": Threshold(0.5, "of samples", "fault-catalogue, policy-update-too-large"),
    "points": Threshold(10, "points", "a median that spikes cannot turn"),
}
FAR = 5.0  # x limit: half a nat at most updates, where PPO's own adaptive penalty aims at 0.003 to 0.03
LEAK_FAR = (1.0, 300.0)


def detect(signals: Signals) -> Finding:
    """Fire where the median of either exceeds its limit."""
    known: list[tuple[float, Signal, float, float]] = []
    for signal, kind in (
        (policy_divergence(signals), "kl"),
        (signals.first(Quantity.CLIP_FRACTION), "clip_fraction"),
    ):
        if signal is not None:
            level = (
                float(np.median(signal.values[np.isfinite(signal.values)])) if np.isfinite(signal.values).any() else 0.0
            )
            known.append((level / THRESHOLDS[kind].value, signal, level, THRESHOLDS[kind].value))
    if not known:
        return META.not_applicable()
    ratio, signal, level, limit = max(known, key=lambda item: item[0])
    values, steps = signal.values, signal.steps
    if len(values) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{signal.tag} has only {len(values)} points.")
    numbers: dict[str, Number] = {"median": level, "limit": limit, "points": len(values)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(values)} points): median {level:.3g} against {limit:g}"
    if ratio <= 1:
        return META.pass_(f"{signal.tag} stays below its limit {span}.", values=numbers, evidence=[signal.ref()])
    onset = int(steps[int(np.argmax(values > limit))])
    return META.fire(
        f"{signal.tag} exceeds its limit {span}.",
        values=numbers,
        evidence=[signal.ref()],
        figure=figure("Size of policy updates", [signal], limits=[("limit", limit)], onset=onset),
        onset=onset,
        leak=LEAK_FAR if ratio >= FAR else None,
    )
