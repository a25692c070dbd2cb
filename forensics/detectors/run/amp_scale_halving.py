"""The loss scale of mixed precision halves again and again.

Observes: the longest run of falls of the scale without a rise between, and its last value.

Why it matters: each halving is a skipped optimizer step (infinite gradients). A scale below one means that the
gradients overflow for another reason than the scale.

Evidence: the scale at ten points or more.

How it can be wrong: at the start the scale falls from its default of 65,536 to what the task allows, a few halvings;
in equilibrium it falls once for each rise.

References: PyTorch's torch.amp.GradScaler (init_scale 65,536, backoff_factor 0.5, growth_interval 2,000).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signals

META = Meta(
    code="RUN107",
    name="amp-scale-halving",
    fired="The loss scale halves repeatedly",
    clear="The loss scale is steady",
    group="amp",
    needs=("loss scale of mixed precision at ten points",),
    leak=(2, 100),
    leak_reason="A long first descent happens in healthy runs of large models.",
    how_to_log='writer.add_scalar("train/amp_scale", scaler.get_scale(), env_step)',
)
THRESHOLDS = {
    "halvings": Threshold(
        10, "halvings in a row", "from 65,536, ten halvings without a rise leave a scale of 64: no task asks for that"
    ),
    "floor": Threshold(1.0, "scale", "a scale below one shrinks gradients: they overflow by themselves"),
    "points": Threshold(10, "points", "fewer do not show a series of halvings"),
}


def detect(signals: Signals) -> Finding:
    """Count halvings of the loss scale."""
    scale = signals.first(Quantity.AMP_SCALE)
    if scale is None or len(scale) < THRESHOLDS["points"].value:
        return META.not_applicable()
    halvings, last = _halvings(scale.values), float(scale.values[-1])
    values: dict[str, Number] = {"halvings": halvings, "first": float(scale.values[0]), "last": last}
    sentence = (
        f"{scale.tag} halves {halvings:.0f} times in a row from step {scale.steps[0]} to {scale.steps[-1]} "
        f"({len(scale)} points): {halvings:.0f} against {THRESHOLDS['halvings'].value:g}; its last value is {last:g}."
    )
    if halvings >= THRESHOLDS["halvings"].value or last < THRESHOLDS["floor"].value:
        fall = int(np.argmax(np.diff(scale.values) < 0)) + 1
        onset = int(scale.steps[fall])
        shown = figure("Loss scale", [scale], onset=onset)
        return META.fire(sentence, values=values, evidence=[scale.ref()], figure=shown, onset=onset)
    return META.pass_(sentence, values=values, evidence=[scale.ref()])


def _halvings(values: Array) -> float:
    """Return log2 of the deepest fall without a rise between."""
    sizes = np.log2(np.maximum(values[np.isfinite(values)], 2.0**-149))
    deepest = top = 0.0
    for number, size in enumerate(sizes.tolist()):
        if number == 0 or size > sizes[number - 1]:
            top = size
        deepest = max(deepest, top - size)
    return deepest
