"""See whether the spread of the policy runs away.

Observes:
    The policy's standard deviation growing threefold or more and rising to the end, or to a ceiling at which it then
    stands bit for bit (the bound that libraries put on log std); or, where that is not logged, its entropy rising by
    two nats or more, steadily, to the end.

Why it matters:
    The entropy bonus outweighs the reward: actions become noise, and the noise is rewarded.

Evidence:
    Standard deviation or entropy of the policy at twelve points.

How it can be wrong:
    A policy that starts too narrow widens while it learns, and then settles; hence "to the end". One that widens while
    the return improves may still need to explore, so that it weighs less than one whose return is flat.

References:
    fault-catalogue, policy-std-runaway; Andrychowicz et al. 2021 (arXiv 2006.05990), section 3.2, on policy std.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.episodes.course import none_improves
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.learner import learns_without_reward
from forensics.signals.robust import rank_correlation
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="POL106",
    name="policy-std-runaway",
    fired="The spread of the policy runs away",
    clear="The spread of the policy does not run away",
    group="policy-spread",
    needs=("standard deviation or entropy of the policy",),
    leak=(2, 100),
    leak_reason="policies that start narrow widen, but settle",
    how_to_log='writer.add_scalar("train/std", policy.log_std.exp().mean().item(), step)',
)

THRESHOLDS = {
    "growth": Threshold(1.1, "nats of log std", "threefold; healthy PPO runs narrow, or widen by a half"),
    "entropy_growth": Threshold(
        2.0, "nats", "the same for two action dimensions; a discrete policy starts at its most"
    ),
    "rank": Threshold(0.9, "Spearman's correlation with time", "steady; noise of a few percent leaves it above"),
    "late": Threshold(0.15, "of the growth, in the last quarter", "a quarter would be even; settled is near 0"),
    "ceiling": Threshold(0.25, "of the run, at one value", "what still learns does not repeat a float so often"),
    "points": Threshold(12, "points", "quarters of three points"),
}

CEILING = 1e-6  # nats: a clamped log std is a constant but for the rounding of its exponential

LEAK_OF_FLAT = (1.0, 200.0)  # nothing is gained by the noise: no healthy run at hand widens so and does not improve


def detect(signals: Signals) -> Finding:
    """Fire where the spread rises steadily to the end by more than its limit."""
    spread, logs, limit = _log_spread(signals)
    if spread is None:
        return META.not_applicable()
    known = np.isfinite(logs)
    values, steps = logs[known], spread.steps[known]
    count = len(values)
    if count < THRESHOLDS["points"].value:
        return META.inconclusive(f"{spread.tag} has only {count} points.")
    quarter = count // 4
    width = max(3, count // 20)
    start, end = float(np.median(values[:width])), float(np.median(values[-width:]))
    before = float(np.median(values[-quarter - width : -quarter]))
    climb = _until_ceiling(values)
    growth, rank = end - start, rank_correlation(np.arange(len(climb), dtype=np.float64), climb)
    numbers: dict[str, Number] = {"growth": growth, "rank": rank, "points": count}
    span = f"from step {steps[0]} to {steps[-1]} ({count} points): {growth:.2f} nats against {limit:g}"
    to_the_end = len(climb) < count or end - before > THRESHOLDS["late"].value * growth
    if growth < limit or rank < THRESHOLDS["rank"].value or not to_the_end:
        return META.pass_(f"{spread.tag} does not grow to the end {span}.", values=numbers, evidence=[spread.ref()])
    return META.fire(
        f"{spread.tag} grows to the end {span}.",
        values=numbers,
        evidence=[spread.ref()],
        figure=figure("Spread of the policy", [spread]),
        onset=int(steps[0]),
        leak=LEAK_OF_FLAT if none_improves(signals) else None,
    )


def _until_ceiling(values: Array) -> Array:
    """Return the values up to a ceiling at which they stand to the end; all of them where there is none."""
    below = np.flatnonzero(values < values.max() - CEILING)
    climb = int(below[-1]) + 2 if len(below) else len(values)
    stands = len(values) - climb >= THRESHOLDS["ceiling"].value * len(values)
    return values[:climb] if stands and climb >= THRESHOLDS["points"].value / 2 else values


def _log_spread(signals: Signals) -> tuple[Signal | None, Array, float]:
    """Return the signal, its spread in nats and the limit of its growth."""
    std = signals.first(Quantity.POLICY_STD)
    if std is not None and (std.values[np.isfinite(std.values)] > 0).all() and "log" not in std.tag.lower():
        return std, np.log(std.values), THRESHOLDS["growth"].value
    entropy = signals.first(Quantity.ENTROPY)
    if entropy is None or learns_without_reward(signals):
        return None, np.zeros(0), 0.0
    sign = _sign(entropy, signals.framework)
    if sign is None:
        return None, np.zeros(0), 0.0
    return entropy, sign * entropy.values, THRESHOLDS["entropy_growth"].value


def _sign(entropy: Signal, framework: str) -> float | None:
    """Return what to multiply the series with to have the entropy; None where a "loss" may be either.

    An "entropy loss" is minus the entropy in most code and the entropy itself in some (CleanRL); a discrete entropy
    is never negative, so only one that starts below 0 shows its sign.
    """
    known = entropy.values[np.isfinite(entropy.values)]
    starts_below = len(known) > 0 and known[0] < 0
    if entropy.meaning.name == "negative":
        return -1.0 if framework == "stable-baselines3" or starts_below else None
    return None if starts_below and "loss" in entropy.tag.lower() else 1.0
