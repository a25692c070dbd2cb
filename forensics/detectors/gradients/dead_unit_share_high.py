"""Nearly all rectified units of a trained network are 0 for every sample of the batch.

Observes: the median share of dead units over the second half of the run, for each network and part of one.

Why it matters: a unit that is 0 for every sample has no gradient; where all of them are, the output no longer depends
on the input, and nothing below them is trained.

Evidence: the share of dead units of a network, of at least five points.

How it can be wrong: some dead units are ordinary (a third of a healthy network, at times more); a share counted on few
samples is too high.

References: Lu et al. 2020, Dying ReLU and Initialization (arXiv 1903.06733); Sokar et al. 2023, The Dormant Neuron
Phenomenon in Deep RL (arXiv 2302.12902).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.robust import finite
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="GRD116",
    name="dead-unit-share-high",
    fired="Nearly all units of a network are dead",
    clear="No network consists of dead units",
    group="dead-units",
    needs=("share of dead units of a network",),
    leak=(1, 1000),
    leak_reason="a network that learns has units that answer to its input: at most 0.83 in planted and archived runs "
    "without this fault",
    how_to_log='writer.add_scalar("activations/actor_dead_unit_share", (h <= 0).all(dim=0).float().mean(), step)',
)
THRESHOLDS = {
    "share": Threshold(
        0.95,
        "share of units",
        "with one layer of two dead it is half and more; only where nearly all are nothing passes",
    ),
    "points": Threshold(5, "points", "fewer may be the start alone"),
}


def detect(signals: Signals) -> Finding:
    """Look for a network whose units are dead in the second half of the run."""
    least = THRESHOLDS["points"].value
    shares = [
        one
        for one in signals.select(Quantity.DEAD_UNIT_SHARE)
        if one.meaning.role is not Role.TARGET and len(finite(one.values)) >= least
    ]
    if not shares:
        return META.not_applicable()
    worst = max(shares, key=lambda one: (_late(one.values), len(one)))
    share, limit = _late(worst.values), THRESHOLDS["share"].value
    values: dict[str, Number] = {"part": part_name(worst), "share": share, "points": len(worst)}
    statement = (
        f"{worst.tag} is {share:.3g} (median of the second half) from step {worst.steps[len(worst) // 2]} to "
        f"{worst.steps[-1]} ({len(worst)} points in all): {share:.3g} against {limit:g}."
    )
    if share < limit:
        return META.pass_(statement, values=values, evidence=[worst.ref()])
    onset = _onset(worst, limit)
    shown = figure(f"Share of dead units of the {part_name(worst)}", [worst], onset=onset)
    return META.fire(statement, values=values, evidence=[worst.ref()], figure=shown, onset=onset)


def _late(values: Array) -> float:
    """Return the median of the second half as a share; what exceeds 1 somewhere is in percent."""
    late = finite(values[len(values) // 2 :])
    return float(np.median(late)) / _unit(values) if len(late) else 0.0


def _unit(values: Array) -> float:
    return 100.0 if float(finite(values).max()) > 1.0 else 1.0


def _onset(signal: Signal, limit: float) -> int:
    """Return the first step from which the share stays above the limit."""
    below = np.flatnonzero(signal.values < limit * _unit(signal.values))
    after = [at for at in below.tolist() if at < len(signal) // 2]
    return int(signal.steps[after[-1] + 1 if after else 0])
