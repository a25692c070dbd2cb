"""See whether values are far outside the ordinary because rewards are.

Observes:
    The scale of values (spread of targets, |Q| or the root of the critic or value loss, median over the first two
    thirds) above 300 or below 0.1, together with rewards per step above 30, or below 0.01, that account for it.

Why it matters:
    Networks, learning rates, clip limits and epsilon are tuned for values around 1 to 100: errors in proportion to
    huge rewards drown everything else, tiny ones fall under epsilon.

Evidence:
    A scale of values, and a scale of rewards (reward on the batch, else return over episode length).

How it can be wrong:
    Sparse rewards are small per step on purpose; costs fade with the actions of a policy that gives up (rewards that
    halve over the run are not judged small); some tasks are rewarded in hundreds and are learned all the same
    (with PPO and normalised advantages, say).

References:
    Henderson et al. 2018 (arXiv 1709.06560), section 4.3, on reward scale; fault-catalogue, reward-scale.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.data.reward_magnitude import LEAK_OF_LEARNED
from forensics.detectors.episodes.return_rises import learned_its_task
from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import POINT
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.returns import discount, episode_length, episodic_returns
from forensics.signals.robust import finite, thirds
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="VAL112",
    name="value-scale-extreme",
    fired="Values are far outside the ordinary, and rewards account for it",
    clear="Values and rewards are of ordinary size",
    group="reward-size",
    needs=("Q, TD targets, critic or value loss", "reward on the batch, or return and episode length"),
    leak=(4, 100),
    leak_reason="some tasks are rewarded in hundreds, and sparse ones in thousandths, without harm",
    how_to_log='writer.add_scalars("debug/reward", {"mean": reward.mean().item(), "std": reward.std().item()}, step)',
)

THRESHOLDS = {
    "large_values": Threshold(
        300.0, "std of targets", "fault-catalogue, reward-scale: >> 100; HalfCheetah's best is near 200"
    ),
    "small_values": Threshold(0.1, "std of targets", "fault-catalogue, reward-scale: << 0.1"),
    "large_rewards": Threshold(30.0, "reward per step", "MuJoCo, Atari, Pendulum and CARLA tasks: at most about 16"),
    "small_rewards": Threshold(0.01, "reward per step", "a hundredth of the smallest usual dense reward, 1"),
    "fading": Threshold(0.5, "of the first third's rewards", "costs that fade with the actions were not scaled down"),
    "points": Threshold(5, "points", "a median of fewer is one point"),
}
FAR = 1000.0  # reward per step, as in reward-magnitude
LEAK_FAR = (1.0, 200.0)


def detect(signals: Signals) -> Finding:
    """Fire where values are extreme and rewards of the same side account for them."""
    scale, reward = _value_scale(signals), _reward_scale(signals)
    if scale is None or reward is None:
        return META.not_applicable(
            *[need for need, known in zip(META.needs, (scale, reward), strict=True) if known is None]
        )
    (signal, size), (origin, rate, course) = scale, reward
    gamma = discount(signals)
    horizon = 1.0 / (1.0 - gamma) if gamma is not None and 0 <= gamma < 1 else 100.0
    values: dict[str, Number] = {
        "value_scale": size,
        "reward_per_step": rate,
        "horizon": horizon,
        "points": len(signal),
    }
    span = f"from step {signal.steps[0]} to {signal.steps[-1]} ({len(signal)} points): {size:.3g} against "
    rewards = f"with rewards of {rate:.3g} a step ({origin})"
    evidence = [signal.ref()]
    if (
        size > THRESHOLDS["large_values"].value
        and rate > THRESHOLDS["large_rewards"].value
        and size <= 10 * rate * horizon
    ):
        side, limit = "exceeds", THRESHOLDS["large_values"].value
    elif (
        0 < size < THRESHOLDS["small_values"].value
        and 0 < rate < THRESHOLDS["small_rewards"].value
        and course > THRESHOLDS["fading"].value
    ):
        side, limit = "falls below", THRESHOLDS["small_values"].value
    else:
        return META.pass_(
            f"The scale of values ({signal.tag}) is ordinary, or not accounted for by rewards, {span}"
            f"{THRESHOLDS['small_values'].value:g} to {THRESHOLDS['large_values'].value:g}, {rewards}.",
            values=values,
            evidence=evidence,
        )
    return META.fire(
        f"The scale of values ({signal.tag}) {side} the ordinary {span}{limit:g}, {rewards}.",
        values=values,
        evidence=evidence,
        figure=figure("Scale of values", [signal], limits=[("ordinary", limit)]),
        onset=int(signal.steps[0]),
        leak=_leak(signals, rate) if side == "exceeds" else None,
    )


def _leak(signals: Signals, rate: float) -> tuple[float, float] | None:
    """Return how seldom healthy runs have values like these: hardly ever from rewards of thousands a step."""
    if rate >= FAR:
        return LEAK_FAR
    return LEAK_OF_LEARNED if learned_its_task(signals) else None


def _value_scale(signals: Signals) -> tuple[Signal, float] | None:
    """Return the best known scale of values, its median over the first two thirds, before any divergence."""
    spread = signals.first(Quantity.Q_VALUE, role=(Role.TARGET, Role.BATCH), statistic=Statistic.STD)
    if spread is not None and len(finite(spread.values)) >= THRESHOLDS["points"].value:
        return spread, _level(spread.values)
    loss = signals.first(Quantity.LOSS, network=(Network.CRITIC, Network.VALUE))
    mean = signals.first(Quantity.Q_VALUE, role=Role.BATCH, statistic=POINT)
    known: list[tuple[Signal, float]] = []
    if loss is not None and len(finite(loss.values)) >= THRESHOLDS["points"].value:
        known.append((loss, float(np.sqrt(_level(loss.values)))))
    if mean is not None and len(finite(mean.values)) >= THRESHOLDS["points"].value:
        known.append((mean, _level(mean.values)))
    return max(known, key=lambda pair: pair[1], default=None)


def _reward_scale(signals: Signals) -> tuple[str, float, float] | None:
    """Return where the size of rewards is read from, the size, and its last third over its first
    (the return's, where that fades more: a replay buffer remembers old rewards).

    The size is the larger of mean and spread on the batch, else the return's over the episode length.
    """
    returns, length = episodic_returns(signals), episode_length(signals)
    fading = _course(returns)
    found = signals.select(Quantity.REWARD, role=(Role.BATCH, Role.NONE), statistic=(Statistic.MEAN, Statistic.STD))
    known = [(signal.tag, _level(signal.values), min(_course(signal.values), fading)) for signal in found]
    known = [item for item in known if item[1] > 0]
    if known:
        return max(known, key=lambda item: item[1])
    if not len(returns) or length is None:
        return None
    return "return over episode length", _level(returns) / length, fading


def _course(values: Array) -> float:
    first, _, last = thirds(np.abs(finite(values)))
    return float(np.median(last) / max(np.median(first), 1e-30)) if len(first) else 1.0


def _level(values: Array) -> float:
    size = np.abs(finite(values))
    return float(np.median(size[: max(1, 2 * len(size) // 3)])) if len(size) else 0.0
