"""Plain gradient descent steps as far as the gradient before the clip says, not the one after it.

Observes: update norm / learning rate, which under plain SGD is the norm of the gradient that was stepped with, against
the norm before the clip and against min(that, limit), at points where the two differ.

Why it matters: the norm measured after a clip obeys the limit whether or not the optimizer stepped before it, and a
norm above the limit may be misnamed; how far the parameters moved cannot.

Evidence: the update ratio and the parameter norm of a network, its learning rate, its gradient norm before the clip,
and its limit; an optimizer that moves by learning rate x gradient.

How it can be wrong: under Adam, momentum or weight decay neither norm predicts the step, and nothing is said.

References: Robbins and Monro 1951 for the step; PyTorch documentation of SGD and clip_grad_norm_; fault-catalogue rows
step-before-clip and clip-missing.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import limit_of, norms
from forensics.detectors.meta import Meta
from forensics.model.evidence import Ints
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Network, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="CLP109",
    name="step-uses-raw-gradient",
    fired="The optimizer steps with the gradient before the clip",
    clear="The optimizer steps with the clipped gradient",
    group="step-source",
    needs=(
        "update ratio, parameter norm and learning rate of a network",
        "its gradient norm before the clip and limit",
    ),
    leak=(1, 1000),
    leak_reason="an equality of two measured numbers at every point, which no healthy loop produces",
    how_to_log='rec.watch(critic, "critic", optimizer=critic_optimizer)  # forensics.recorder measures every update',
)
THRESHOLDS = {
    "apart": Threshold(1.5, "norm before the clip over its limit", "the two readings must lie apart to be told apart"),
    "equal": Threshold(0.05, "relative", "float32, and the parameter norm is that after the update"),
    "points": Threshold(5, "points", "five equalities of measured numbers are no coincidence"),
    "share": Threshold(0.9, "share of those points", "all but an odd batch"),
}


def detect(signals: Signals) -> Finding:
    """Compare the step that was made with the two gradients that it may have been made with."""
    known = [found for ratio in signals.select(Quantity.UPDATE_RATIO) if (found := _stepped(signals, ratio))]
    if not known:
        return META.not_applicable()
    for raw, ratio, limit, steps, stepped, before in known:
        active = before > THRESHOLDS["apart"].value * limit
        if active.sum() < THRESHOLDS["points"].value:
            continue
        share = THRESHOLDS["share"].value
        as_raw, as_clipped = (
            _equal(stepped[active], before[active]),
            _equal(stepped[active], np.full(active.sum(), limit)),
        )
        values: dict[str, Number] = {
            "limit": limit,
            "stepped": float(np.median(stepped[active])),
            "before": float(np.median(before[active])),
            "points": int(active.sum()),
        }
        sentence = (
            f"{ratio.tag} says that the optimizer stepped with a gradient of norm {values['stepped']:.4g} (median of "
            f"{active.sum()} points from step {steps[0]} to {steps[-1]} at which {raw.tag} exceeds the limit "
            f"{limit:.6g}), against {values['before']:.4g} before the clip and {limit:.6g} after it"
        )
        evidence = [ratio.ref(), raw.ref()]
        if as_raw >= share:
            return META.fire(
                f"{sentence}: the raw gradient.",
                values=values,
                evidence=evidence,
                figure=figure("The raw gradient norm", [raw], limits=[("clip limit", limit)]),
                onset=int(steps[int(np.argmax(active))]),
            )
        if as_clipped >= share:
            return META.pass_(f"{sentence}: the clipped one.", values=values, evidence=evidence)
    return META.inconclusive(
        "The optimizer does not step by learning rate x gradient, or the clip had too little to do to tell.",
        evidence=[known[0][1].ref()],
    )


def _equal(stepped: Array, expected: Array) -> float:
    return float(np.mean(np.abs(stepped - expected) <= THRESHOLDS["equal"].value * expected))


def _stepped(signals: Signals, ratio: Signal) -> tuple[Signal, Signal, float, Ints, Array, Array] | None:
    """Return raw norm, ratio and limit, and by step the norm that was stepped with and the one before the clip."""
    meaning = ratio.meaning
    own = {"network": meaning.network, "module": meaning.module, "member": meaning.member}
    size = next(
        (
            one
            for one in signals.select(Quantity.PARAMETER, statistic=Statistic.NORM, **own)
            if one.meaning.role is not Role.TARGET
        ),
        None,
    )
    raw = next(
        (
            norm
            for norm in norms(signals)
            if norm.meaning.clip_stage is ClipStage.PRE
            and all(getattr(norm.meaning, name) == value for name, value in own.items())
        ),
        None,
    )
    limit = limit_of(signals, meaning.network)
    if size is None or raw is None or limit is None:
        return None
    steps, (share, length, before) = join(ratio, size, raw)
    rate = _learning_rate(signals, meaning.network, steps)
    if rate is None or not len(steps):
        return None
    return raw, ratio, limit.value, steps, share * length / rate, before


def _learning_rate(signals: Signals, network: Network, steps: Ints) -> Array | float | None:
    """Return the learning rate at each step, else the one in the configuration."""
    logged = signals.first(Quantity.LEARNING_RATE, network=network)
    if logged is not None and len(logged):
        return np.asarray(np.interp(steps, logged.steps, logged.values))
    names = (f"{network.value}_learning_rate", f"{network.value}_lr", "learning_rate", "lr")
    rate = next((found for name in names if (found := signals.config(name)) is not None), None)
    return rate if rate and rate > 0 else None
