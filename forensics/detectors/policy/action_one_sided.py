"""See whether a component of the action has collapsed to one side.

Observes:
    |mean| of an executed action component above 0.9 of its bound, its standard deviation below 0.15 of the bound,
    over the last third.

Why it matters:
    A wheel held hard over whatever the camera shows is no policy.

Evidence:
    Mean, standard deviation, smallest and largest of an executed action component.

How it can be wrong:
    Some components belong at a bound (full throttle on a straight road).

References:
    fault-catalogue, action-collapse: abs(mean action) > .9 with std small.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.policy.actions import Component, components
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.robust import first_run
from forensics.signals.signals import Signals

META = Meta(
    code="POL107",
    name="action-one-sided",
    fired="A component of the action has collapsed to one side",
    clear="No component of the action has collapsed to one side",
    group="policy-saturation",
    needs=("mean, std, min and max of the executed action",),
    leak=(5, 100),
    leak_reason="components that belong at a bound, full throttle for one",
    how_to_log='writer.add_scalar("action/steering_mean", actions[:, 0].mean().item(), step)',
)

THRESHOLDS = {
    "mean": Threshold(0.9, "of the bound", "fault-catalogue, action-collapse"),
    "std": Threshold(0.15, "of the bound", "0.58 of a noise of 0.25, clipped at the bound"),
    "points": Threshold(0.8, "of the last third's points", "a tail that holds, not a passing visit"),
    "least": Threshold(9, "points", "a last third of three"),
}


def detect(signals: Signals) -> Finding:
    """Fire on the component that is one-sided at most points of the last third."""
    bounded = [component for component in components(signals) if component.bound is not None]
    if not bounded:
        return META.not_applicable()
    judged = [(component, _one_sided(component)) for component in bounded]
    judged = [(component, there) for component, there in judged if len(there) >= THRESHOLDS["least"].value]
    if not judged:
        return META.inconclusive("No component of the action has nine points.")
    component, there = max(judged, key=lambda pair: float(pair[1][-(len(pair[1]) // 3) :].mean()))
    assert component.bound is not None
    steps, third = component.steps, len(there) // 3
    late, limit = float(there[-third:].mean()), THRESHOLDS["mean"].value * component.bound
    mean, std = float(np.median(component.means[-third:])), float(np.median(component.stds[-third:]))
    numbers: dict[str, Number] = {
        "mean": mean,
        "std": std,
        "bound": component.bound,
        "share": late,
        "points": len(steps),
    }
    span = (
        f"over the last third of step {steps[0]} to {steps[-1]} ({len(steps)} points): |mean| {abs(mean):.3f} against "
        f"{limit:g}, standard deviation {std:.3f}"
    )
    evidence = [component.mean.ref(), component.std.ref()]
    if late < THRESHOLDS["points"].value:
        return META.pass_(
            f"The action {component.name} is not held to one side {span}.", values=numbers, evidence=evidence
        )
    onset = int(steps[first_run(there, 3) or 0])
    return META.fire(
        f"The action {component.name} is held to one side {span}.",
        values=numbers,
        evidence=evidence,
        figure=figure(
            "Executed action", [component.mean], limits=[("limit", float(np.copysign(limit, mean)))], onset=onset
        ),
        onset=onset,
    )


def _one_sided(component: Component) -> np.ndarray:
    assert component.bound is not None
    far = np.abs(component.means) > THRESHOLDS["mean"].value * component.bound
    return np.asarray(far & (component.stds < THRESHOLDS["std"].value * component.bound))
