"""Rewards are far larger or smaller than a value function of ordinary scale can fit.

Observes: the median size of the reward per step, or of the return over the episode length where a critic or value
loss of like size confirms that the learner sees rewards of that scale.

Why it matters: targets grow with the reward and the loss with its square; a network that starts near zero then
spends its updates on scale, and under a clip or with Adam it never gets there.

Evidence: rewards of steps or batches, or returns, lengths and a critic loss.

How it can be wrong: a wrapper may normalise rewards before the learner sees them (the monitor logs the raw ones), so
a derived reward needs the loss to agree. A reward that is exactly 0 is sparse, not small.

References: Henderson 2018 (reward scale decides DDPG); van Hasselt 2016, "Learning values across many orders of
magnitude" (arXiv 1602.07714); SB3's documentation on VecNormalize; the fault catalogue's reward-scale.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.data.rewards import derived_reward, step_rewards, value_loss
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.figure import figure
from forensics.signals.robust import finite
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="DAT102",
    name="reward-magnitude",
    fired="Rewards are far from ordinary size",
    clear="Rewards are of ordinary size",
    group="reward-size",
    needs=("rewards of steps or batches, or returns, lengths and a critic loss",),
    leak=(3, 100),
    leak_reason="A few tasks with such rewards are learned all the same (normalised values, distributional critics).",
    how_to_log='writer.add_scalar("debug/reward_mean", batch.rewards.mean(), env_step)',
)
THRESHOLDS = {
    "large": Threshold(100.0, "per step", "fault catalogue, reward-scale: std(target) far above 100"),
    "small": Threshold(0.01, "per step", "fault catalogue, reward-scale: std(target) below 0.1 over horizons of tens"),
    "loss large": Threshold(
        1e4, "squared error", "the square of a target that is off by 100: the learner sees that scale"
    ),
    "loss small": Threshold(1e-4, "squared error", "the square of a target that is off by 0.01"),
    "points": Threshold(5, "points", "the least for a median"),
}


def detect(signals: Signals) -> Finding:
    """Compare the size of rewards with the ordinary range."""
    direct = [one for one in step_rewards(signals) if len(finite(one.values)) >= THRESHOLDS["points"].value]
    if direct:
        return _direct(signals, max(direct, key=len))
    derived = derived_reward(signals)
    if derived is None:
        return META.not_applicable()
    return _derived(signals, *derived)


def _direct(signals: Signals, rewards: Signal) -> Finding:
    size = float(np.median(np.abs(finite(rewards.values))))
    spread = signals.first(Quantity.REWARD, statistic=Statistic.STD)
    if spread is not None and len(finite(spread.values)):
        width = float(np.median(finite(spread.values)))
    else:
        width = float(np.std(finite(rewards.values)))
    large, small = THRESHOLDS["large"].value, THRESHOLDS["small"].value
    values: dict[str, Number] = {"median_size": size, "spread": width, "tag": rewards.tag}
    sentence = (
        f"|{rewards.tag}| is {size:.4g} (median, spread {width:.3g}) from step {rewards.steps[0]} to "
        f"{rewards.steps[-1]} ({len(rewards)} points): {size:.4g} against {small:g} to {large:g} per step."
    )
    too_small = 0 < width < small and 0 < size < small
    if size > large or width > large or too_small:
        return _fire(sentence, rewards, values, too_small)
    return META.pass_(sentence, values=values, evidence=[rewards.ref()])


def _derived(signals: Signals, returned: Signal, size: float) -> Finding:
    loss = value_loss(signals)
    middle = float(np.median(loss)) if len(loss) else None
    large, small = THRESHOLDS["large"].value, THRESHOLDS["small"].value
    values: dict[str, Number] = {"per_step": size, "critic_loss": middle, "tag": returned.tag}
    sentence = (
        f"|{returned.tag}| over episode length is {size:.4g} (median) from step {returned.steps[0]} to "
        f"{returned.steps[-1]} ({len(returned)} points): {size:.4g} against {small:g} to {large:g} per step."
    )
    if small <= size <= large:
        return META.pass_(sentence, values=values, evidence=[returned.ref()])
    too_small = size < small
    agrees = middle is not None and (
        middle < THRESHOLDS["loss small"].value if too_small else middle > THRESHOLDS["loss large"].value
    )
    # Few successes over long episodes give a small mean of ordinary rewards: that is sparse.
    sparse = too_small and float(np.mean(finite(returned.values) == 0)) > 0
    if agrees and not sparse:
        return _fire(sentence, returned, values, too_small)
    return META.inconclusive(
        sentence + " Whether the learner sees rewards of that scale is not known.",
        values=values,
        evidence=[returned.ref()],
    )


def _fire(sentence: str, signal: Signal, values: dict[str, Number], too_small: bool) -> Finding:
    return META.fire(
        sentence,
        values={**values, "direction": "small" if too_small else "large"},
        evidence=[signal.ref()],
        figure=figure("Reward", [signal]),
        onset=int(signal.steps[0]),
    )
