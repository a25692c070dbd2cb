"""A gradient norm is larger, or smaller, at every k-th update only.

Observes: the norm before clipping at consecutive updates, each against the middle of its neighbours; whether the
updates of one phase of a short period stand apart from all others.

Why it matters: an actor's backward pass runs through the critic and leaves gradients there. Where nothing zeroes them
before the critic's own pass, its gradient is another one after every (delayed) update of the actor.

Evidence: the critic's gradient norm before clipping at a hundred consecutive updates. A log of every tenth update sees
one phase of the period alone.

How it can be wrong: what changes in the same rhythm (batches of two kinds in turn, a target that is copied every few
updates) changes the gradient as well; zeros in a rhythm are updates that were left out (GRD102) and stay out here.

References: Fujimoto et al. 2018, TD3 (delayed policy updates; the reference implementation zeroes the critic's
gradients before its backward pass); fault catalogue, cross-network-gradient-leftovers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from forensics.detectors.gradients.parts import NORMS, part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Aggregation, Axis, ClipStage, Network, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.robust import mad
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="GRD118",
    name="gradient-parity",
    fired="The critic's gradient differs at every k-th update",
    clear="The critic's gradient has no rhythm",
    group="gradient-rhythm",
    needs=("gradient norm of the critic before clipping at a hundred consecutive updates",),
    leak=(1, 200),
    leak_reason="six standard errors and a tenth of the norm do not come about without a schedule",
    how_to_log="total = clip_grad_norm_(critic.parameters(), c)  # log it at every update, not every hundredth",
)
THRESHOLDS = {
    "errors": Threshold(6.0, "standard errors", "nine periods and all their phases are tried; chance is below 1e-6"),
    "factor": Threshold(1.1, "times", "a difference of less than a tenth brings about nothing"),
    "points": Threshold(100, "consecutive updates", "twenty of each phase at a period of five"),
    "longest_period": Threshold(5, "updates", "policy delays in use are 2 to 5"),
}


@dataclass(frozen=True)
class _Rhythm:
    """One phase of a period against the rest: log of the factor between them, and that in standard errors."""

    period: int
    factor: float
    errors: float


def detect(signals: Signals) -> Finding:
    """Look for a phase that stands apart in the critic's norm."""
    norms = [norm for norm in _norms(signals) if len(norm) >= THRESHOLDS["points"].value]
    if not norms:
        return META.not_applicable()
    rows = [(norm, rhythm) for norm in norms if (rhythm := _rhythm(norm.values)) is not None]
    if not rows:
        return META.not_applicable()
    norm, found = max(rows, key=lambda row: row[1].errors)
    factor = math.exp(found.factor)
    values: dict[str, Number] = {
        "part": part_name(norm),
        "period": found.period,
        "factor": factor,
        "errors": found.errors,
        "points": len(norm),
    }
    statement = (
        f"{norm.tag} at every update of one phase in {found.period} is {factor:.3g} times that of the others from step "
        f"{norm.steps[0]} to {norm.steps[-1]} ({len(norm)} points): {found.errors:.1f} standard errors against "
        f"{THRESHOLDS['errors'].value:g}."
    )
    if found.errors < THRESHOLDS["errors"].value or abs(found.factor) < math.log(THRESHOLDS["factor"].value):
        return META.pass_(statement, values=values, evidence=[norm.ref()])
    shown = figure(f"Gradient norm of the {part_name(norm)}", [norm])
    return META.fire(statement, values=values, evidence=[norm.ref()], figure=shown, onset=int(norm.steps[0]))


def _norms(signals: Signals) -> list[Signal]:
    """Return the critic's norms of single updates, one after the other, that no clip has levelled."""
    norms = signals.select(Quantity.GRADIENT_NORM, network=(Network.CRITIC, Network.VALUE), reduction=NORMS)
    return [
        norm
        for norm in norms
        if norm.meaning.clip_stage is not ClipStage.POST
        and norm.meaning.role is not Role.TARGET
        and norm.meaning.aggregation in (Aggregation.INSTANT, Aggregation.UNKNOWN)
        and _is_consecutive(norm)
    ]


def _is_consecutive(norm: Signal) -> bool:
    """Whether one point follows the other by one update, as far as steps tell."""
    counted = norm.series.updates
    at = norm.steps if counted is None else counted[~norm.series.superseded]
    return norm.meaning.axis in (Axis.ENV_STEP, Axis.UPDATE) and bool(np.mean(np.diff(at) == 1) > 0.99)


def _rhythm(values: Array) -> _Rhythm | None:
    """Return the phase of the period that stands apart by the most standard errors."""
    usable = np.isfinite(values) & (values > 0)
    if usable.mean() < 0.95:
        return None
    logs = np.log(np.where(usable, values, np.median(values[usable])))
    found = [
        _apart(logs - _neighbours(logs, period), period, phase)
        for period in range(2, int(THRESHOLDS["longest_period"].value) + 1)
        for phase in range(period)
    ]
    return max(found, key=lambda one: (round(one.errors, 6), -one.period))


def _neighbours(logs: Array, period: int) -> Array:
    """Return the mean over one whole period on each side: it holds every phase equally often."""
    window = 2 * period
    kernel = np.full(window + 1, 1.0 / window)
    kernel[0] = kernel[-1] = 0.5 / window
    padded = np.pad(logs, period, mode="edge")
    return np.convolve(padded, kernel, mode="valid")


def _apart(residuals: Array, period: int, phase: int) -> _Rhythm:
    mask = np.arange(len(residuals)) % period == phase
    own, rest = residuals[mask], residuals[~mask]
    difference = float(np.median(own) - np.median(rest))
    error = math.hypot(mad(own) / math.sqrt(len(own)), mad(rest) / math.sqrt(len(rest)))
    return _Rhythm(period, difference, abs(difference) / error if error > 0 else 0.0)
