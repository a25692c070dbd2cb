"""The share of terminal transitions in the batch is 0 while episodes end, or 1 always.

Observes: the logged share of done flags; whether episodes end before their longest length, and how many terminal
transitions the sampled batches should have held.

Why it matters: a terminal transition that is stored as ordinary makes the critic bootstrap through the end, and
values climb to the bound; one that is stored everywhere makes the critic see single rewards.

Evidence: the done share at ten points, and episode lengths.

How it can be wrong: where all episodes end at a time limit, a done share of 0 is right; so lengths must differ.

References: Pardo 2018 (arXiv 1712.00378); fault catalogue, terminal-bootstrapped.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.robust import finite
from forensics.signals.signals import Signals

META = Meta(
    code="DAT103",
    name="done-never",
    fired="Terminal transitions are missing, or everywhere",
    clear="Terminal transitions are as frequent as episodes end",
    group="termination",
    needs=("share of done flags at ten points", "length of training episodes"),
    leak=(1, 100),
    leak_reason="Needs episodes of differing length and batches that should hold several terminals.",
    how_to_log='writer.add_scalar("debug/done_ratio", batch.dones.float().mean(), env_step)',
)
THRESHOLDS = {
    "always": Threshold(0.99, "share", "an episode of one step is no episode"),
    "early": Threshold(0.9, "share of the longest episode", "shorter episodes did not end at the time limit"),
    "expected": Threshold(10.0, "terminal transitions", "Poisson: none of ten expected has a probability of 5e-5"),
    "points": Threshold(10, "points", "the least from which a share can be told"),
}


def detect(signals: Signals) -> Finding:
    """Compare the done share with what the episode lengths imply."""
    share = signals.first(Quantity.DONE_SHARE)
    if share is None or len(finite(share.values)) < THRESHOLDS["points"].value:
        return META.not_applicable(META.needs[0])
    values = finite(share.values)
    low, high = float(values.min()), float(values.max())
    sentence = (
        f"{share.tag} lies between {low:.4g} and {high:.4g} from step {share.steps[0]} to {share.steps[-1]} "
        f"({len(values)} points)"
    )
    measured: dict[str, Number] = {"lowest": low, "highest": high, "points": len(values)}
    shown, onset = figure("Share of terminal transitions", [share]), int(share.steps[0])
    if low >= THRESHOLDS["always"].value:
        sentence += f": {low:.4g} against {THRESHOLDS['always'].value:g}."
        return META.fire(sentence, values=measured, evidence=[share.ref()], figure=shown, onset=onset)
    if high > 0:
        return META.pass_(sentence + ".", values=measured, evidence=[share.ref()])
    length = signals.first(
        Quantity.EPISODE_LENGTH, role=Role.TRAIN, statistic=(Statistic.MEAN, Statistic.VALUE, Statistic.MIN)
    )
    lengths = finite(length.values) if length is not None else np.zeros(0)
    if length is None or not len(lengths):
        return META.not_applicable(META.needs[1])
    early = float(np.mean(lengths < THRESHOLDS["early"].value * lengths.max()))
    expected = len(values) * (signals.config("batch_size") or 1.0) * early / float(np.median(lengths))
    measured |= {"early_share": early, "expected": expected}
    told = (
        f"{sentence}, while {early:.0%} of episodes end before {lengths.max():.0f} steps: none against {expected:.3g}"
    )
    if early >= 0.5 and expected >= THRESHOLDS["expected"].value:
        return META.fire(
            told + " expected.", values=measured, evidence=[share.ref(), length.ref()], figure=shown, onset=onset
        )
    return META.inconclusive(told + " expected, too few to tell.", values=measured, evidence=[share.ref()])
