"""The critic's value of the policy's actions lies off its value of the batch from the actor's first updates on.

Observes:
    The median over the first five logged points of |Q(s, pi(s)) - Q(s, a)| over the scale of Q on the batch.

Why it matters:
    Before the actor has moved, no learning of any kind can set the two apart: they come from one critic on one batch
    of states, unless the critic is read on other features than those it was trained on. What drifts apart later has
    other causes: an objective of the wrong sign, gradients left over, actions far outside the data.

Evidence:
    Mean Q of the policy's actions, as logged, and mean Q on the batch, from the first fifth of the updates on.

How it can be wrong:
    A run taken up again from a checkpoint begins with an actor that has learned. A critic of which nothing is learned
    yet has values near zero, for which the root of its loss gives the scale.

References:
    fault-catalogue, "Measured": foreign features often show from the first points, before the actor has moved.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import batch_q, paired, policy_q
from forensics.detectors.values.scale import scale_of_q
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals
from forensics.signals.updates import updates_at

META = Meta(
    code="VAL116",
    name="policy-q-off-from-start",
    fired="The critic values the policy's actions apart from the batch's before the actor has moved",
    clear="The critic values the policy's first actions as it values the batch's",
    group="policy-q-start",
    needs=("mean Q of the policy's actions, logged from the first updates on", "mean Q and its spread on the batch"),
    leak=(1, 200),
    leak_reason="no alarm on any healthy run of the trainer, at most 0.2 there; five points are few",
    how_to_log='writer.add_scalar("debug/actor_q_mean", critic.q1(state, actor(state)).mean().item(), step)',
)
THRESHOLDS = {
    "ratio": Threshold(0.5, "of the scale of Q", "twice the limit that holds over a whole run, as five points are few"),
    "points": Threshold(5, "points", "the shortest run of a median that two outliers cannot turn"),
    "start": Threshold(0.2, "share of all updates", "an actor that starts late may start there"),
    "soon": Threshold(0.3, "share of all updates", "the five points follow soon after"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the first five points lie apart."""
    policy, batch = policy_q(signals), batch_q(signals)
    if policy is None or policy.inferred or not batch:
        return META.not_applicable()
    other, count = batch[0], int(THRESHOLDS["points"].value)
    steps, own, theirs = paired(policy.signal, other)
    if len(steps) < 2 * count:
        return META.not_applicable()
    updates = np.interp(steps, policy.signal.steps, updates_at(signals, policy.signal))
    begins, follows = updates[0] / updates[-1], updates[count - 1] / updates[-1]
    if begins > THRESHOLDS["start"].value or follows > THRESHOLDS["soon"].value:
        return META.not_applicable(META.needs[0])
    scale, spread = scale_of_q(signals, other, steps, np.abs(theirs))
    if not spread:
        return META.not_applicable(META.needs[1])
    ratio = np.abs(own - theirs)[:count] / np.maximum(scale[:count], np.finfo(np.float64).tiny)
    early, limit = float(np.median(ratio)), THRESHOLDS["ratio"].value
    values: dict[str, Number] = {"ratio": early, "limit": limit, "points": count}
    sentence = (
        f"|{policy.words} - Q on the batch ({other.tag})| over the scale of Q is {early:.3g} (median of the first "
        f"{count} points, steps {steps[0]} to {steps[count - 1]}) against {limit:g}"
    )
    evidence = [policy.signal.ref(0, count - 1), other.ref(0, count - 1)]
    if early <= limit:
        return META.pass_(f"{sentence}.", values=values, evidence=evidence)
    return META.fire(
        f"{sentence}: apart before the actor has moved.",
        values=values,
        evidence=evidence,
        figure=figure("Q of the policy's actions and Q on the batch", [policy.signal, other], onset=int(steps[0])),
        onset=int(steps[0]),
    )
