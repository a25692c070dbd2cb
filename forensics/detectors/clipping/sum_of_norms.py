"""A logged gradient norm is a sum of norms.

Why it matters: a sum of k tensor norms reaches sqrt(k) times their joint norm, so it stands above a clip limit that
the gradient obeys. Read as a norm it says that clipping failed, which it did not.

Evidence: the norms of a network's modules after clipping, with the limit (I3: no part exceeds the total) or without
(I16: while a clip is active the squares add up to one constant).

How it can be wrong: a module that is clipped with them but not logged lets the squares vary; so does a clip that is
not active at some points.

References: identities I3, I4, I16; PyTorch forum and issue threads that sum p.grad.norm().
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.clipping.limits import limit_of, norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Reduction
from forensics.signals.clips import MOST_TENSORS
from forensics.signals.figure import figure
from forensics.signals.norms import LEAST_POINTS, PINNED_SPREAD
from forensics.signals.signals import Signals

META = Meta(
    code="CLP103",
    name="sum-of-norms",
    fired="A logged gradient norm is a sum of norms, not an L2 norm",
    clear="Logged gradient norms add up as L2 norms do",
    group="norm-formula",
    needs=("gradient norms of a network's modules after clipping",),
    leak=(1, 200),
    leak_reason="violates an identity that every L2 norm obeys",
    how_to_log="norm = torch.stack([p.grad.norm() for p in module.parameters()]).norm()  # not sum(p.grad.norm() ...)",
)
THRESHOLDS = {
    "spread": Threshold(PINNED_SPREAD, "relative spread of the joint norm", "I16 is exact; float32 leaves 1e-6"),
    "bound": Threshold(MOST_TENSORS**0.5, "x limit", "I4: S <= sqrt(k) N, for up to 64 tensors"),
    "points": Threshold(LEAST_POINTS, "points", "fewer cannot tell a constant from luck"),
}


_CARRIED = ("carried over", "one expression")  # how interpretation words a reading that another tag proves


def detect(signals: Signals) -> Finding:
    """Collect the norms whose reduction interpretation established."""
    known = norms(signals)
    if not known:
        return META.not_applicable()
    summed = [n for n in known if n.meaning.reduction is Reduction.SUM_OF_L2 and n.is_established("reduction")]
    alive = [norm for norm in summed if np.median(norm.values) > 0]
    if alive:
        proven = next((norm for norm in alive if not norm.how["reduction"].startswith(_CARRIED)), alive[0])
        limit = limit_of(signals, proven.meaning.network)
        values: dict[str, Number] = {"highest": float(np.max(proven.values)), "limit": limit.value if limit else None}
        return META.fire(
            f"{proven.tag} is no L2 norm from step {proven.steps[0]} to {proven.steps[-1]} ({len(proven)} points): "
            f"{proven.how['reduction']}.",
            values=values,
            evidence=[norm.ref() for norm in alive],
            figure=figure("Sums of norms", alive[:4], limits=[("clip limit", limit.value)] if limit else []),
            onset=int(proven.steps[0]),
        )
    euclidean = [n for n in known if n.meaning.reduction is Reduction.L2 and n.is_established("reduction")]
    if euclidean:
        first = euclidean[0]
        return META.pass_(f"{first.tag} is an L2 norm: {first.how['reduction']}.", evidence=[first.ref()])
    return META.inconclusive("No identity decides how the gradient norms were added up.", evidence=[known[0].ref()])
