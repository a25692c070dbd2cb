"""Rewards are far larger or smaller than a value function of ordinary scale can fit.

Observes: the median size of the reward per step, or of the return over the episode length where a critic or value
loss of like size confirms that the learner sees rewards of that scale. Small rewards count only where a reward scale
is configured: a task may pay little until it is solved.

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
from forensics.detectors.episodes.course import none_improves
from forensics.detectors.episodes.return_rises import learned_its_task
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.figure import figure
from forensics.signals.learner import temporal_difference_losses
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
    "linear loss large": Threshold(
        100.0,
        "absolute error",
        "the same of a learner of Q alone, whose loss is mostly Huber's and linear that far out",
    ),
    "points": Threshold(5, "points", "the least for a median"),
}
# Money, energy and distances are counted in hundreds a step, and adaptive optimizers learn them all the same: where
# most of the return was gained, the size of the rewards has done no harm that shows.
FAR = 10.0  # x large: no task that people train on without scaling pays thousands a step
LEAK_FAR = (1.0, 300.0)
LEAK_OF_LEARNED = (30.0, 100.0)
LEAK_OF_FLAT = (1.0, 100.0)  # nothing is gained at all: none of the healthy runs at hand that pay so much


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
    if size > large or width > large:
        return _large(signals, sentence, max(size, width), rewards, values)
    if 0 < size < small and 0 < width < small:
        return _small(signals, sentence, rewards, values)
    return META.pass_(sentence, values=values, evidence=[rewards.ref()])


def _derived(signals: Signals, returned: Signal, size: float) -> Finding:
    linear = temporal_difference_losses(signals)
    loss = finite(linear[0].values) if linear else value_loss(signals)
    middle = float(np.median(loss)) if len(loss) else None
    large, small = THRESHOLDS["large"].value, THRESHOLDS["small"].value
    values: dict[str, Number] = {"per_step": size, "critic_loss": middle, "tag": returned.tag}
    sentence = (
        f"|{returned.tag}| over episode length is {size:.4g} (median) from step {returned.steps[0]} to "
        f"{returned.steps[-1]} ({len(returned)} points): {size:.4g} against {small:g} to {large:g} per step."
    )
    if small <= size <= large:
        return META.pass_(sentence, values=values, evidence=[returned.ref()])
    if size < small:
        return _small(signals, sentence, returned, values)
    if middle is not None and middle > THRESHOLDS["linear loss large" if linear else "loss large"].value:
        return _large(signals, sentence, size, returned, values)
    return META.inconclusive(
        sentence + " Whether the learner sees rewards of that scale is not known.",
        values=values,
        evidence=[returned.ref()],
    )


def _large(signals: Signals, sentence: str, size: float, signal: Signal, values: dict[str, Number]) -> Finding:
    leak = LEAK_OF_LEARNED if learned_its_task(signals) else LEAK_OF_FLAT if none_improves(signals) else None
    if size >= FAR * THRESHOLDS["large"].value:
        leak = LEAK_FAR
    return _fire(sentence, signal, {**values, "direction": "large"}, leak)


def _small(signals: Signals, sentence: str, signal: Signal, values: dict[str, Number]) -> Finding:
    scale = signals.config("reward_scale", "reward_scaling", "reward_factor")
    if scale is not None and 0 < scale <= THRESHOLDS["small"].value:
        return _fire(f"{sentence} The configured reward scale is {scale:g}.", signal, {**values, "direction": "small"})
    return META.inconclusive(
        sentence + " A task that pays little until it is solved looks the same.",
        values=values,
        evidence=[signal.ref()],
    )


def _fire(sentence: str, signal: Signal, values: dict[str, Number], leak: tuple[float, float] | None = None) -> Finding:
    return META.fire(
        sentence,
        values=values,
        evidence=[signal.ref()],
        figure=figure("Reward", [signal]),
        onset=int(signal.steps[0]),
        leak=leak,
    )
