"""See whether Q exceeds what the rewards and the discount allow.

Observes:
    max Q above max(reward, 0) / (1 - gamma), or min Q below min(reward, 0) / (1 - gamma) (identity I7).

Why it matters:
    No policy can collect more than the largest reward at every step for ever, so the excess is no value of anything.

Evidence:
    Q of the policy's actions or on the batch, gamma (read from the log, else from the configuration), and the largest
    and smallest reward of the batches. With an entropy bonus, the entropy too.

How it can be wrong:
    The largest reward seen is a sample: rare larger rewards raise the bound, hence the margin. Rewards that are
    normalised or scaled before the critic sees them, but logged before that.

References:
    Sutton and Barto 2018, equation 3.10 (bound of the discounted return). Haarnoja et al. 2018 (arXiv 1812.05905),
    equation 1, for the entropy bonus.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import maximises_q_alone, policy_q
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.returns import discount
from forensics.signals.robust import finite
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="VAL104",
    name="q-exceeds-return-bound",
    fired="Q is larger than any sum of discounted rewards can be",
    clear="Q stays within the bound of the discounted rewards",
    group="q-bound",
    needs=("Q of the policy's actions or on the batch", "largest and smallest reward of the batch", "discount gamma"),
    leak=(1, 200),
    leak_reason="a bound by definition; a rare reward beyond 1.5 times the largest of all batches would break it",
    how_to_log='writer.add_scalars("debug/reward", {"min": reward.min().item(), "max": reward.max().item()}, step)',
)

THRESHOLDS = {
    "margin": Threshold(1.5, "times the bound", "the largest of some 1e4 sampled rewards understates the true largest"),
    "points": Threshold(3, "points", "a single point may be a torn or misread value"),
}


@dataclass(frozen=True)
class _Bound:
    low: float
    high: float
    words: str
    signals: tuple[Signal, ...]


def detect(signals: Signals) -> Finding:
    """Fire where Q lies beyond the bound, with margin, at three points or more."""
    values, gamma = _candidates(signals), discount(signals)
    largest = signals.first(Quantity.REWARD, role=(Role.BATCH, Role.NONE), statistic=Statistic.MAX)
    if not values or largest is None or gamma is None:
        have = (values, largest, gamma)
        return META.not_applicable(*[need for need, known in zip(META.needs, have, strict=True) if known in ([], None)])
    if not 0 <= gamma < 1:
        return META.inconclusive(f"A discount of {gamma:g} bounds no return.", values={"gamma": gamma})
    bound = _bound(signals, largest, gamma)
    if bound is None:
        return META.inconclusive(
            "The entropy bonus adds to Q, and no logged entropy says how much.", values={"gamma": gamma}
        )
    excess = [_excess(array, bound) for _, array in values]
    worst = max(range(len(values)), key=lambda index: float(excess[index].max(initial=0.0)))
    signal, array = values[worst]
    beyond = excess[worst] > THRESHOLDS["margin"].value
    top = float(array[int(np.argmax(excess[worst]))])
    limit = bound.high if top > 0 else bound.low
    numbers: dict[str, Number] = {
        "q": top,
        "bound": limit,
        "gamma": gamma,
        "points_beyond": int(beyond.sum()),
        "points": len(array),
    }
    evidence = [signal.ref(), *(item.ref() for item in bound.signals)]
    span = f"from step {signal.steps[0]} to {signal.steps[-1]} ({len(array)} points): {top:,.5g} against {limit:,.5g}"
    if beyond.sum() >= THRESHOLDS["points"].value:
        onset = int(signal.steps[int(np.argmax(beyond))])
        return META.fire(
            f"Q ({signal.tag}) exceeds the bound of {bound.words} {span}.",
            values=numbers,
            evidence=evidence,
            figure=figure("Q and the bound of the return", [signal], limits=[(bound.words, limit)], onset=onset),
            onset=onset,
        )
    if (excess[worst] > 1).sum() >= THRESHOLDS["points"].value or beyond.any():
        return META.inconclusive(f"Q ({signal.tag}) reaches the bound of {bound.words} {span}.", values=numbers)
    return META.pass_(
        f"Q ({signal.tag}) stays within the bound of {bound.words} {span}.", values=numbers, evidence=evidence
    )


def _candidates(signals: Signals) -> list[tuple[Signal, Array]]:
    """Return every logged Q of the policy's actions and on the batch, spreads left out."""
    wanted = (Statistic.MEAN, Statistic.VALUE, Statistic.MIN, Statistic.MAX)
    found = signals.select(Quantity.Q_VALUE, role=(Role.POLICY, Role.BATCH), statistic=wanted)
    pairs = [(signal, signal.values) for signal in found]
    if not any(signal.meaning.role is Role.POLICY for signal in found) and maximises_q_alone(signals):
        policy = policy_q(signals)
        if policy is not None:
            pairs.append((policy.signal, policy.values))
    return [(signal, array) for signal, array in pairs if np.isfinite(array).any()]


def _excess(values: Array, bound: _Bound) -> Array:
    """Return Q over its bound on the side where it lies; non-finite points and a bound of 0 count as within."""
    high = values / bound.high if bound.high > 0 else np.zeros(len(values))
    low = values / bound.low if bound.low < 0 else np.zeros(len(values))
    return np.nan_to_num(np.maximum(high, low), nan=0.0, posinf=0.0, neginf=0.0)


def _bound(signals: Signals, largest: Signal, gamma: float) -> _Bound | None:
    smallest = signals.first(Quantity.REWARD, role=largest.meaning.role, statistic=Statistic.MIN)
    tops, horizon = finite(largest.values), 1.0 / (1.0 - gamma)
    bottoms = finite(smallest.values) if smallest is not None else np.zeros(0)
    if not len(tops):
        return None
    high, low = max(float(tops.max()), 0.0), min(float(bottoms.min(initial=0.0)), 0.0)
    bonus = 0.0
    if signals.first(Quantity.ENTROPY_COEFFICIENT) is not None:
        bonus = _largest(signals, Quantity.ENTROPY_COEFFICIENT) * _largest(signals, Quantity.ENTROPY)
        if bonus == 0.0:
            return None
        low -= bonus
    used = (largest,) if smallest is None else (largest, smallest)
    words = f"reward / (1 - {gamma:g})" if bonus == 0.0 else f"(reward + entropy bonus) / (1 - {gamma:g})"
    return _Bound(low * horizon, (high + bonus) * horizon, words, used)


def _largest(signals: Signals, quantity: Quantity) -> float:
    signal = signals.first(quantity)
    return float(np.abs(finite(signal.values)).max(initial=0.0)) if signal is not None else 0.0
