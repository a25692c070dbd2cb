"""See whether the target network moves.

Observes:
    A statistic of the target critic's parameters (or of the target's Q) bit-constant, or moving by less than a
    hundredth of the online critic's own movement, while the online critic moves.

Why it matters:
    Values are then learned against the guesses of an untrained network: no reward travels further than one step.

Evidence:
    A parameter statistic of the target critic and of the online critic; or mean Q of the targets and on the batch.

How it can be wrong:
    Hard copies at intervals longer than the logged run; a target logged from a stale copy of the numbers.

References:
    Mnih et al. 2015 (Nature 518), target networks; fault-catalogue, target-network-frozen and I12.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import paired
from forensics.detectors.values.targets import online_and_target
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signals

META = Meta(
    code="VAL108",
    name="target-stands-still",
    fired="The target critic stands still while the online critic moves",
    clear="The target critic moves with the online critic",
    group="target-motion",
    needs=("parameters or Q of the online critic and of its target network",),
    leak=(1, 100),
    leak_reason="only a copy interval longer than the run, or a stale number, looks alike",
    how_to_log='writer.add_scalar("critic/target_param_norm", parameters_to_vector(target.parameters()).norm(), step)',
)

THRESHOLDS = {
    "motion": Threshold(0.01, "of the online movement", "tau 5e-3 covers 99 % of a shift in 920 updates; 1 % in two"),
    "points": Threshold(5, "points", "fewer may lie between two copies"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the target's range over the run is below a hundredth of the online critic's."""
    pair = online_and_target(signals)
    if pair is None:
        return META.not_applicable()
    online, target = pair
    steps, one, two = paired(online, target)
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{online.tag} and {target.tag} share only {len(steps)} points.")
    moved, followed = _range(one), _range(two)
    if moved <= 1e-6 * float(np.abs(one).max()):
        return META.inconclusive(f"{online.tag} does not move either, from step {steps[0]} to {steps[-1]}.")
    share, limit = followed / moved, THRESHOLDS["motion"].value
    values: dict[str, Number] = {"target_range": followed, "online_range": moved, "share": share, "points": len(steps)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {share:.2g} of its range against {limit:g}"
    evidence = [target.ref(), online.ref()]
    if share >= limit:
        return META.pass_(f"{target.tag} moves with {online.tag} {span}.", values=values, evidence=evidence)
    return META.fire(
        f"{target.tag} stands still while {online.tag} moves {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Online and target critic", [online, target]),
        onset=int(steps[0]),
    )


def _range(values: Array) -> float:
    return float(values.max() - values.min())
