"""A total gradient norm measured after clipping stands above its limit.

Why it matters: clip_grad_norm_ leaves a total norm of at most c. A true violation means that the clip does not
cover what is measured, or is not called.

Evidence: a whole-network L2 norm that is established or claimed as taken after clipping, and a limit from the
configuration or the numbers. A sum of norms is not one: it may exceed the limit by sqrt(k).

How it can be wrong: a pre-clip norm under a post-clip name, or a sum of norms under the name of a norm.

References: PyTorch documentation of clip_grad_norm_; identity I1.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import HOW_TO_LOG_BOTH, limit_of, total_norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Reduction
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="CLP101",
    name="clip-exceeded",
    fired="A total norm named post-clip stands above its limit",
    clear="Total norms after clipping obey their limit",
    group="clip-bound",
    needs=("total gradient norm after clipping", "clip limit"),
    leak=(1, 200),
    leak_reason="clip_grad_norm_ cannot leave more than the limit",
    how_to_log=HOW_TO_LOG_BOTH,
)
THRESHOLDS = {
    "ratio": Threshold(1.05, "x limit", "I1 holds within 1e-3; logged noise of a few percent is let pass"),
    "points": Threshold(3, "points", "one point may be a logging glitch"),
}


def detect(signals: Signals) -> Finding:
    """Compare every total norm after clipping with its limit."""
    totals = [
        norm
        for norm in total_norms(signals)
        if norm.meaning.clip_stage is ClipStage.POST and norm.meaning.reduction is not Reduction.SUM_OF_L2
    ]
    known = [(norm, found) for norm in totals if (found := limit_of(signals, norm.meaning.network)) is not None]
    if not known:
        return META.not_applicable()
    norm, (limit, source, ref) = max(known, key=lambda pair: _above(pair[0], pair[1].value))
    count = _above(norm, limit)
    highest = float(np.max(norm.values[np.isfinite(norm.values)], initial=0.0))
    statement = (
        f"{norm.tag} exceeds {THRESHOLDS['ratio'].value:g} x {limit:.6g} at {count} of {len(norm)} points from step "
        f"{norm.steps[0]} to {norm.steps[-1]}: at most {highest:.4g} against {limit:.6g} ({source})."
    )
    values: dict[str, Number] = {"limit": limit, "highest": highest, "above": count}
    evidence = [norm.ref(), *([ref] if ref else [])]
    if count < THRESHOLDS["points"].value:
        return META.pass_(statement, values=values, evidence=evidence)
    onset = int(norm.steps[np.flatnonzero(norm.values > THRESHOLDS["ratio"].value * limit)[0]])
    shown = figure("Norm named post-clip against its limit", [norm], limits=[("clip limit", limit)], onset=onset)
    return META.fire(statement, values=values, evidence=evidence, figure=shown, onset=onset)


def _above(norm: Signal, limit: float) -> int:
    return int(np.sum(norm.values > THRESHOLDS["ratio"].value * limit))
