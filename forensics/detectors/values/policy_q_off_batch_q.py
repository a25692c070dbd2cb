"""Compare the critic's value of the policy's actions with its value of the batch's actions.

Observes:
    The running median of |Q(s, pi(s)) - Q(s, a)| over the scale of Q on the batch, which is the largest of
    |mean Q|, the standard deviation of Q (of the TD target, where that alone is logged) and the root of the
    critic loss.

Why it matters:
    Both numbers come from one critic on one batch of states; only the action differs, and actions are bounded.
    So the two lie close together unless the policy's value is read on other features than the critic was trained
    on, or the actions lead far outside the data.

Evidence:
    Mean Q of the policy's actions (or the actor loss of a deterministic policy that maximises Q alone) and mean Q
    on the batch, at five points or more.

How it can be wrong:
    Without the spread of Q on the batch the scale is too small where Q crosses zero, so a wider limit holds then, as
    it does where Q is inferred from the actor loss, which may hold a small term more.
    On a fixed data set the policy's actions may truly lie far from the data: the observation holds, its reading as
    foreign features does not.

References:
    fault-catalogue, "Measured": 49 re-simulated pixel TD3 runs, native features 0.02 to 0.09, foreign 0.21 upward.
    Fujimoto et al. 2018 (arXiv 1802.09477), equation of the deterministic policy gradient, for -actor loss = Q.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import PolicyQ, batch_q, paired, policy_q
from forensics.detectors.values.scale import scale_of_q
from forensics.model.evidence import Ints
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.robust import running_median
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="VAL101",
    name="policy-q-off-batch-q",
    fired="The critic values the policy's actions on another scale than the batch's",
    clear="The critic values the policy's actions as it values the batch's",
    group="policy-q",
    needs=("mean Q of the policy's actions", "mean Q on the replay batch"),
    leak=(1, 100),
    leak_reason="no alarm in 33 re-simulated runs with native features; early points where Q crosses zero",
    how_to_log='writer.add_scalar("debug/actor_q_mean", critic.q1(state, actor(state)).mean().item(), step)',
)

THRESHOLDS = {
    "ratio": Threshold(0.25, "of the scale of Q", "fault-catalogue, Measured: native at most 0.09, foreign from 0.21"),
    "ratio_without_spread": Threshold(
        1.0, "of |mean Q|", "the spread of Q is up to four times its mean in archived TD3 runs, 0.25 x 4"
    ),
    "clear_share": Threshold(0.6, "of the limit", "0.15 for 0.25: midway between native 0.09 and foreign 0.21"),
    "points": Threshold(5, "points", "the shortest run of a median that one outlier cannot turn"),
}

_WINDOW = 5
# The further beyond the limit, the rarer on healthy runs: a tail of 1 / ratio, the heaviest that has a median. Where
# the policy's Q is inferred from a loss, small terms of that loss reach further.
_RAREST, _RAREST_INFERRED = 1000.0, 500.0


def detect(signals: Signals) -> Finding:
    """Fire where the running median of the relative difference exceeds its limit for most of the run or its end."""
    policy, batch = policy_q(signals), batch_q(signals)
    if policy is None or not batch:
        missing = [need for need, have in zip(META.needs, (policy, batch), strict=True) if not have]
        return META.not_applicable(*missing)
    other = batch[0]
    steps, own, theirs = paired(policy.signal, other)
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{policy.words} and {other.tag} share only {len(steps)} points.")
    own *= policy.sign
    scale, spread = scale_of_q(signals, other, steps, np.abs(theirs))
    limit = THRESHOLDS["ratio" if spread and not policy.inferred else "ratio_without_spread"].value
    ratio = np.abs(own - theirs) / np.maximum(scale, np.finfo(np.float64).tiny)
    median = running_median(ratio, _WINDOW)
    whole, end = float(np.median(median)), float(np.median(median[-max(1, len(median) // 3) :]))
    worst = max(whole, end)
    values: dict[str, Number] = {
        "ratio": worst,
        "ratio_over_run": whole,
        "ratio_at_end": end,
        "limit": limit,
        "points": len(steps),
    }
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {worst:.3g} against {limit:g}"
    evidence = [policy.signal.ref(), other.ref()]
    if worst <= limit:
        if worst > THRESHOLDS["clear_share"].value * limit:
            return META.inconclusive(
                f"{policy.words} lies between near and far from Q on the batch ({other.tag}) {span}.", values=values
            )
        return META.pass_(
            f"{policy.words} stays near Q on the batch ({other.tag}) {span}.", values=values, evidence=evidence
        )
    if policy.inferred and not _inference_holds(own, theirs):
        return META.inconclusive(
            f"{policy.words} differs from Q on the batch ({other.tag}) {span}, but is not the larger of the two: "
            "the actor loss may hold more than Q.",
            values=values,
        )
    return _fire(policy, other, steps, median > limit, span, values)


def _fire(
    policy: PolicyQ, other: Signal, steps: Ints, above: np.ndarray, span: str, values: dict[str, Number]
) -> Finding:
    onset = int(steps[int(np.argmax(above))])
    ratio, limit = values["ratio"], values["limit"]
    assert isinstance(ratio, float)
    assert isinstance(limit, float)
    alarms, runs = META.leak
    rarest = _RAREST_INFERRED if policy.inferred else _RAREST
    return META.fire(
        f"The running median of |{policy.words} - Q on the batch ({other.tag})| over the scale of Q exceeds its limit "
        f"{span}.",
        values=values,
        evidence=[policy.signal.ref(), other.ref()],
        figure=figure("Q of the policy's actions and Q on the batch", [policy.signal, other], onset=onset),
        onset=onset,
        leak=(alarms, min(runs * ratio / limit, rarest)),
    )


def _inference_holds(own: Array, theirs: Array) -> bool:
    """Whether an actor loss read as Q is the larger one: a normalised or cloning objective is the smaller."""
    third = max(1, len(own) // 3)
    return float(np.median(np.abs(own[-third:]))) > float(np.median(np.abs(theirs[-third:])))
