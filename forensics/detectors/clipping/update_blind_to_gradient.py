"""The raw gradient spans decades while the step of the optimizer stays the same.

Why it matters: Adam divides by the gradient's own scale, so that its step has the size of the learning rate however
large the gradient is, and clipping by norm scales what Adam divides out again. A clip under Adam protects against
single outliers, not against an objective that runs away.

Evidence: a norm before clipping that spans decades, with the update ratio of the same part of a network (module and
member), or with parameters in it whose spread grows in proportion to the updates. The ratio of a part says nothing of
the whole: it stays steady under a gradient of its own while another part's runs away.

How it can be wrong: a schedule that lowers the learning rate while the gradient grows.

References: Kingma & Ba 2015, section 2.1; fault-catalogue "Measured" and row clip-irrelevant-under-adam.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Module, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.robust import decades, rank_correlation, slope
from forensics.signals.signals import Array, Signal, Signals
from forensics.signals.updates import updates_at

META = Meta(
    code="CLP108",
    name="update-blind-to-gradient",
    fired="The step keeps its size while the raw gradient spans decades",
    clear="The step follows the raw gradient, or the gradient keeps its size",
    group="step-size",
    needs=("gradient norm before clipping", "update ratio or parameter spread of the same module"),
    leak=(4, 100),
    leak_reason="true of Adam whenever the gradient moves much, healthy or not",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "decades": Threshold(3.0, "decades of the raw norm", "fault-catalogue: over decades of pre"),
    "step_ratio": Threshold(
        3.0, "95 % / 5 % quantile of the step", "a step that follows the norm spans as many decades"
    ),
    "fit": Threshold(0.99, "R2 of spread over updates", "archived CARLA runs: 1.000 over five decades of the norm"),
    "points": Threshold(10, "points", "a straight line through fewer is chance"),
}


def detect(signals: Signals) -> Finding:
    """Compare the span of the raw norm with that of the step."""
    raw = [
        norm
        for norm in signals.select(Quantity.GRADIENT_NORM)
        if norm.meaning.clip_stage is not ClipStage.POST and len(norm) >= THRESHOLDS["points"].value
    ]
    pairs = [(norm, step, sizes) for norm in raw for step, sizes in _steps_of(signals, norm)]
    if not pairs:
        return META.not_applicable()
    for norm, step, blind in pairs:
        span = decades(norm.values)
        if span >= THRESHOLDS["decades"].value and blind:
            values: dict[str, Number] = {"decades": span, "network": norm.meaning.network.value}
            return META.fire(
                f"{norm.tag} spans {span:.1f} decades from step {norm.steps[0]} to {norm.steps[-1]} ({len(norm)} "
                f"points) while {step.tag} {blind}.",
                values=values,
                evidence=[norm.ref(), step.ref()],
                figure=figure("The raw gradient norm, and the step that does not follow it", [norm, step]),
                onset=int(norm.steps[0]),
            )
    norm, step, _ = pairs[0]
    return META.pass_(
        f"{norm.tag} spans {decades(norm.values):.1f} decades and {step.tag} does not stay the same under it, or the "
        "span is too small to tell.",
        evidence=[norm.ref(), step.ref()],
    )


def _steps_of(signals: Signals, norm: Signal) -> list[tuple[Signal, str]]:
    """Return what tells the size of the norm's step, each with how it stays constant ("" if it does not)."""
    found = []
    meaning = norm.meaning
    same = {"network": meaning.network, "member": meaning.member}
    for ratio in signals.select(Quantity.UPDATE_RATIO, **same, module=meaning.module):
        steps, (before, sizes) = join(norm, ratio)
        if len(steps) >= THRESHOLDS["points"].value:
            found.append((ratio, _constant_ratio(before, sizes)))
    inside = {} if meaning.module is Module.WHOLE else {"module": meaning.module}
    statistics = (Statistic.STD, Statistic.NORM)
    for spread in signals.select(Quantity.PARAMETER, **same, **inside, statistic=statistics):
        if spread.meaning.role is not Role.TARGET and len(spread) >= THRESHOLDS["points"].value:
            found.append((spread, _straight(updates_at(signals, spread), spread.values)))
    return found


def _constant_ratio(before: Array, sizes: Array) -> str:
    low, high = np.quantile(sizes, [0.05, 0.95])
    if low <= 0 or high > THRESHOLDS["step_ratio"].value * low or abs(rank_correlation(before, sizes)) > 0.5:
        return ""
    return f"stays within {high / low:.2g}x"


def _straight(updates: Array, spread: Array) -> str:
    gradient, fit = slope(updates, spread)
    grown = spread[0] > 0 and spread[-1] > 2 * spread[0]
    return f"grows by {gradient:.2g} an update, R2 {fit:.3f}" if fit >= THRESHOLDS["fit"].value and grown else ""
