"""See whether the actions sit at their bounds.

Observes:
    A logged share of saturated actions above 0.9 over the last third; or executed actions whose mean square is that
    of an action at its bound plus exploration noise, clipped at the bound: mean = bound - 0.40 sigma, standard
    deviation = 0.58 sigma. Without noise the mean square is the bound's own, on one side or on both.

Why it matters:
    At the bound the derivative of tanh vanishes and so does the gradient of the policy: a saturated policy cannot
    leave by itself.

Evidence:
    A share of saturated actions; or mean, standard deviation, smallest and largest of the executed action, and the
    exploration noise.

How it can be wrong:
    A bang-bang policy that learned is saturated and healthy: an observation, not an alarm. Discrete and unbounded
    actions have no bound and are left alone.

References:
    Bjorck et al. 2022 (arXiv 2112.04716), saturating policies. The moments are those of a normal variable clipped at
    its mean: 1/sqrt(2 pi) and sqrt(1/2 - 1/(2 pi)).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.policy.actions import CLIPPED_MEAN, CLIPPED_STD, Component, components, noise_at
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.figure import figure
from forensics.signals.robust import first_run
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="POL101",
    name="action-saturation",
    fired="The actions sit at their bounds",
    clear="The actions do not sit at their bounds",
    group="policy-saturation",
    needs=("share of saturated actions, or mean, std, min and max of the executed action",),
    leak=(6, 100),
    leak_reason="bang-bang policies that learned; 0.87 saturated in a healthy TD3 on Pendulum",
    how_to_log='writer.add_scalar("policy/saturation", (actor(state).abs() > 0.98).float().mean().item(), step)',
)

THRESHOLDS = {
    "share": Threshold(0.9, "of actions", "fault-catalogue, tanh-saturation: abs(a) > .98 in > 90 %"),
    "mean_square": Threshold(0.05, "of the bound squared below saturation", "0.97 of the bound; noise of 100 samples"),
    "points": Threshold(0.8, "of the last third's points", "a tail that holds, not a passing visit"),
    "least": Threshold(9, "points", "a last third of three"),
}


def detect(signals: Signals) -> Finding:
    """Fire on the share where it is logged, else on the component nearest to its bound."""
    share = signals.first(Quantity.SATURATION_SHARE, network=(Network.ACTOR, Network.NONE))
    if share is not None:
        return _by_share(share)
    bounded = [component for component in components(signals) if component.bound is not None]
    if not bounded:
        return META.not_applicable()
    judged = [(component, _saturated(component, noise_at(signals, component.steps))) for component in bounded]
    judged = [(component, at_bound) for component, at_bound in judged if len(at_bound) >= THRESHOLDS["least"].value]
    if not judged:
        return META.inconclusive("No component of the action has nine points.")
    return _by_moments(*max(judged, key=lambda pair: _late(pair[1])))


def _by_share(share: Signal) -> Finding:
    known = np.isfinite(share.values)
    values, steps = share.values[known], share.steps[known]
    if len(values) < THRESHOLDS["least"].value:
        return META.inconclusive(f"{share.tag} has only {len(values)} points.")
    limit = THRESHOLDS["share"].value * (100.0 if values.max() > 1.5 else 1.0)
    late = float(np.median(values[-(len(values) // 3) :]))
    numbers: dict[str, Number] = {"share": late, "points": len(values)}
    span = f"over the last third of step {steps[0]} to {steps[-1]} ({len(values)} points): {late:.3g} against {limit:g}"
    if late <= limit:
        return META.pass_(
            f"The share {share.tag} stays below its limit {span}.", values=numbers, evidence=[share.ref()]
        )
    onset = int(steps[first_run(values > limit, 3) or 0])
    return META.fire(
        f"The share {share.tag} exceeds its limit {span}.",
        values=numbers,
        evidence=[share.ref()],
        figure=figure("Share of saturated actions", [share], limits=[("limit", limit)], onset=onset),
        onset=onset,
    )


def _by_moments(component: Component, at_bound: np.ndarray) -> Finding:
    assert component.bound is not None
    steps, bound, late = component.steps, component.bound, _late(at_bound)
    third = len(steps) // 3
    mean = float(np.median(component.means[-third:]))
    std = float(np.median(component.stds[-third:]))
    numbers: dict[str, Number] = {"mean": mean, "std": std, "bound": bound, "share": late, "points": len(steps)}
    span = (
        f"over the last third of step {steps[0]} to {steps[-1]} ({len(steps)} points): mean {mean:.3f} and standard "
        f"deviation {std:.3f} against the bound {bound:g}, at it in {late:.0%} of the points"
    )
    evidence = [component.mean.ref(), component.std.ref()]
    if late < THRESHOLDS["points"].value:
        return META.pass_(
            f"The action {component.name} does not sit at its bound {span}.", values=numbers, evidence=evidence
        )
    onset = int(steps[first_run(at_bound, 3) or 0])
    return META.fire(
        f"The action {component.name} sits at its bound, but for exploration noise clipped there, {span}.",
        values=numbers,
        evidence=evidence,
        figure=figure("Executed action", [component.mean, component.std], limits=[("bound", bound)], onset=onset),
        onset=onset,
    )


def _saturated(component: Component, noise: Array | None) -> np.ndarray:
    """Tell the points whose mean square is that of an action at its bound."""
    assert component.bound is not None
    mean, std = np.abs(component.means) / component.bound, component.stds / component.bound
    # Noise that is not logged is read from the spread, where one side alone is visited; it is at most 0.3.
    sigma = noise / component.bound if noise is not None else np.where(mean > 0.8, std / CLIPPED_STD, 0.0)
    sigma = np.clip(sigma, 0.0, 0.3)
    expected = (1 - CLIPPED_MEAN * sigma) ** 2 + (CLIPPED_STD * sigma) ** 2
    return np.asarray(mean**2 + std**2 >= expected - THRESHOLDS["mean_square"].value)


def _late(at_bound: np.ndarray) -> float:
    return float(at_bound[-(len(at_bound) // 3) :].mean())
