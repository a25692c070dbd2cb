"""See whether the target network moves.

Observes:
    A statistic of the target critic's parameters (or of the target's Q) that moves by less than a twentieth of the
    online critic's own movement. Where no parameters are logged: mean TD targets that settle at the size of one
    reward, though the discounted returns are ten times that.

Why it matters:
    Values are then learned against the guesses of an untrained network: no reward travels further than one step.

Evidence:
    A parameter statistic of the target critic and of the online critic; or mean Q of the targets and on the batch.

How it can be wrong:
    Hard copies at intervals longer than the logged run; a target logged from a stale copy of the numbers. Targets
    at the size of one reward also follow from a discount of 0, which TD targets alone cannot tell apart.

References:
    Mnih et al. 2015 (Nature 518), target networks; fault-catalogue, target-network-frozen and I12.
"""

from __future__ import annotations

import math

import numpy as np

from forensics.detectors.config.target_rate import target_interval
from forensics.detectors.meta import Meta
from forensics.detectors.values.bias import allowed
from forensics.detectors.values.q_values import paired
from forensics.detectors.values.targets import online_and_target
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.returns import discount, episode_length, episodic_returns
from forensics.signals.robust import finite, running_median
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="VAL108",
    name="target-stands-still",
    fired="The target critic stands still while the online critic moves",
    clear="The target critic moves with the online critic",
    group="target-motion",
    needs=("parameters or Q of the online critic and of its target network",),
    leak=(1, 200),
    leak_reason="only a copy interval longer than the run, or a stale number, looks alike",
    how_to_log='writer.add_scalar("critic/target_param_norm", parameters_to_vector(target.parameters()).norm(), step)',
)

THRESHOLDS = {
    "motion": Threshold(0.05, "of the online movement", "a tau of 5e-3 covers 99 % of a shift within 920 updates"),
    "points": Threshold(5, "points", "fewer may lie between two copies"),
    "never copied": Threshold(20, "points", "a network that is copied now and then has been copied once in as many"),
    "horizon": Threshold(10.0, "rewards", "a discounted return this many rewards large cannot be met by one reward"),
    "one_reward": Threshold(2.0, "rewards", "one reward, and the guess of an untrained network of the same size"),
}


_LEAK_BIT_CONSTANT = (1.0, 2000.0)  # left: an interval between copies that is longer than the run


def detect(signals: Signals) -> Finding:
    """Fire where the target's movement over the run is below a twentieth of the online critic's."""
    pair = online_and_target(signals)
    if pair is None:
        return META.not_applicable()
    online, target = pair
    steps, one, two = paired(online, target)
    if len(steps) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{online.tag} and {target.tag} share only {len(steps)} points.")
    moved, followed = _course(one), _course(two)
    if moved <= 1e-6 * float(np.abs(one).max()):
        return META.inconclusive(f"{online.tag} does not move either, from step {steps[0]} to {steps[-1]}.")
    interval = target_interval(signals)
    if interval > 1 and steps[-1] - steps[0] < 2 * interval:
        return META.inconclusive(
            f"The target is copied every {interval:g} steps, and the log of {target.tag} spans {steps[-1] - steps[0]}: "
            "too few copies to tell."
        )
    share, limit = followed / moved, THRESHOLDS["motion"].value
    values: dict[str, Number] = {"target_range": followed, "online_range": moved, "share": share, "points": len(steps)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {share:.2g} of its range against {limit:g}"
    evidence = [target.ref(), online.ref()]
    if share >= limit:
        if target.meaning.quantity is Quantity.PARAMETER:
            return META.pass_(f"{target.tag} moves with {online.tag} {span}.", values=values, evidence=evidence)
        # Q learns its targets whether or not their network moves: that both move shows nothing.
        return _at_one_reward(signals, target) or META.inconclusive(
            f"{target.tag} moves with {online.tag}, as it does under a frozen target network too, {span}.",
            values=values,
        )
    return META.fire(
        f"{target.tag} stands still while {online.tag} moves {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Online and target critic", [online, target]),
        onset=int(steps[0]),
        leak=_LEAK_BIT_CONSTANT if _is_bit_constant(target) else None,
    )


def _is_bit_constant(target: Signal) -> bool:
    """Whether target parameters kept one value to the last bit at many points: no running average does."""
    enough = len(target) >= THRESHOLDS["never copied"].value
    return enough and target.meaning.quantity is Quantity.PARAMETER and float(np.ptp(target.values)) == 0


def _at_one_reward(signals: Signals, target: Signal) -> Finding | None:
    """Fire where TD targets have settled at the size of one reward and the returns hold many; else return None."""
    returns, length, gamma = episodic_returns(signals), episode_length(signals), discount(signals)
    late = finite(target.values)[-(len(target) // 3) :]
    middle = finite(target.values)[len(target) // 3 : 2 * len(target) // 3]
    of_q = target.meaning.quantity is Quantity.Q_VALUE
    if not of_q or not len(returns) or length is None or gamma is None or not 0 < gamma < 1 or len(late) < 10:
        return None
    reward = float(np.median(np.abs(returns))) / length
    expected = abs(allowed(returns, length, gamma).late)
    level, before = float(np.median(np.abs(late))), float(np.median(np.abs(middle)))
    settled = abs(level - before) <= 0.2 * level
    limit = THRESHOLDS["one_reward"].value * reward
    if not settled or level > limit or expected < THRESHOLDS["horizon"].value * reward:
        return None
    return META.fire(
        f"{target.tag} settles at the size of one reward over the last third of step {target.steps[0]} to "
        f"{target.steps[-1]} ({len(target)} points): {level:.3g} against {limit:.3g}, with discounted returns of "
        f"{expected:.3g}.",
        values={"level": level, "reward_per_step": reward, "discounted_return": expected},
        evidence=[target.ref()],
        figure=figure("TD targets", [target], limits=[("discounted return", math.copysign(expected, late[-1]))]),
        onset=int(target.steps[0]),
    )


def _course(values: Array) -> float:
    """Return the range of the running median: the noise of single points is no movement."""
    smooth = running_median(values, max(3, len(values) // 5))
    return float(smooth.max() - smooth.min())
