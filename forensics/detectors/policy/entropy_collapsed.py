"""See whether exploration by entropy ends early.

Observes:
    The entropy of a discrete policy, the temperature of SAC or the standard deviation of a Gaussian policy falling
    to its floor before the run is half over, and staying there.

Why it matters:
    The policy has become deterministic before it could have compared: what it does by then is what it will do.

Evidence:
    Entropy, entropy coefficient or policy standard deviation at twelve points.

How it can be wrong:
    A policy that solved its task is deterministic rightly: where the return rose and keeps what it gained, nothing is
    said. Temperatures fall far where rewards are tiny. An entropy loss may be logged times its coefficient, and has
    no floor in nats: it is held to its own first level.

References:
    Mnih et al. 2016 (arXiv 1602.01783), premature convergence; Haarnoja et al. 2018 (arXiv 1812.05905), section 5.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from forensics.detectors.episodes.course import Course, course, returns, superiority
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.learner import learns_without_reward
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="POL104",
    name="entropy-collapsed",
    fired="Exploration by entropy ends early",
    clear="Exploration by entropy does not end early",
    group="exploration",
    needs=("entropy, entropy coefficient or standard deviation of the policy",),
    leak=(5, 100),
    leak_reason="policies that solved their task early; temperatures under tiny rewards",
    how_to_log='writer.add_scalar("train/entropy", distribution.entropy().mean().item(), step)',
)

THRESHOLDS = {
    "entropy": Threshold(0.02, "of the first level", "a discrete policy that is right in 99.8 % of two-way choices"),
    "nats": Threshold(0.02 * math.log(2), "nats", "the same of two choices, the fewest that a discrete policy has"),
    "temperature": Threshold(1e-3, "of the first level", "archived healthy SAC runs fall to 0.03 and 0.1"),
    "policy_std": Threshold(0.02, "of the first level", "from 1 to under the noise of an ordinary actuator"),
    "early": Threshold(0.5, "of the run", "the second half shows that it stays there"),
    "risen": Threshold(0.9, "probability", "as for return-rises: P(later > earlier), McGraw and Wong 1992"),
    "kept": Threshold(0.9, "of the gain", "a tenth is the sway of a solved task; collapse-after-peak begins at a half"),
    "points": Threshold(12, "points", "halves of six points"),
}

# Where no return is logged, a policy that solved its task looks the same, and most healthy policies narrow.
LEAK_UNSEEN = (20.0, 100.0)
_KINDS = (
    (Quantity.ENTROPY, "entropy"),
    (Quantity.ENTROPY_COEFFICIENT, "temperature"),
    (Quantity.POLICY_STD, "policy_std"),
)


def detect(signals: Signals) -> Finding:
    """Fire on the first kind that has collapsed by half of the run."""
    if learns_without_reward(signals):
        return META.not_applicable("policy that learns from reward")
    clear: Finding | None = None
    for quantity, kind in _KINDS:
        signal = signals.first(quantity)
        values = _levels(signal) if signal is not None else None
        if signal is None or values is None:
            continue
        floor = THRESHOLDS["nats"].value if quantity is Quantity.ENTROPY and _is_in_nats(signal, signals) else 0.0
        finding = _judge(signal, values, THRESHOLDS[kind].value, floor)
        if finding.onset is not None and _kept_its_gain(signals):
            return META.inconclusive(
                f"{finding.statement} But the return rose and ends at its best: a policy that solved its task is "
                "deterministic rightly.",
                values=finding.values,
                evidence=finding.evidence,
            )
        if finding.onset is not None:
            seen = any(course(one) is not None for one in returns(signals))
            return finding if seen else msgspec.structs.replace(finding, leak=LEAK_UNSEEN[0] / LEAK_UNSEEN[1])
        clear = clear or finding
    return clear if clear is not None else META.not_applicable()


def _is_in_nats(entropy: Signal, signals: Signals) -> bool:
    """Whether the series is the entropy itself: its loss often holds the coefficient, but in stable-baselines3."""
    if entropy.meaning.unit:
        return entropy.meaning.unit == "nats"
    return signals.framework == "stable-baselines3" or entropy.meaning.name != "negative"


def _kept_its_gain(signals: Signals) -> bool:
    """Whether a return rose clearly and its last fifth is as good as its best fifth, or little below."""
    courses = [found for found in map(course, returns(signals)) if found is not None]
    kept = THRESHOLDS["kept"].value
    return any(
        superiority(found.end, found.start) >= THRESHOLDS["risen"].value
        and (superiority(found.best, found.end) <= 1.0 - THRESHOLDS["risen"].value / 4 or _share_kept(found) >= kept)
        for found in courses
    )


def _share_kept(found: Course) -> float:
    """Return how much of the gain of the best fifth over the start the last fifth still has."""
    start, best, end = (float(np.median(part)) for part in (found.start, found.best, found.end))
    return (end - start) / (best - start) if best > start else 0.0


def _levels(signal: Signal) -> Array | None:
    """Return the level with its sign set right; None for a differential entropy or a logarithm, which have no floor."""
    sign = -1.0 if signal.meaning.name == "negative" else 1.0
    values = sign * signal.values
    known = values[np.isfinite(values)]
    return values if len(known) and (known >= -1e-6).all() and known[0] > 0 else None


def _judge(signal: Signal, values: Array, share: float, floor: float) -> Finding:
    """Hold the second half to a share of the first level, or to `floor` where the first record is there already."""
    known = np.isfinite(values)
    values, steps = values[known], signal.steps[known]
    count = len(values)
    if count < THRESHOLDS["points"].value:
        return META.inconclusive(f"{signal.tag} has only {count} points.")
    start = float(np.median(values[:3]))
    half = int(THRESHOLDS["early"].value * count)
    level, limit = float(np.quantile(values[half:], 0.9)), max(share * start, floor)
    numbers: dict[str, Number] = {"start": start, "level": level, "limit": limit, "points": count}
    span = f"in the second half of step {steps[0]} to {steps[-1]} ({count} points): {level:.3g} against {limit:.3g}"
    if level > limit:
        return META.pass_(f"{signal.tag} stays above its floor {span}.", values=numbers, evidence=[signal.ref()])
    onset = int(steps[int(np.argmax(values <= limit))])
    return META.fire(
        f"{signal.tag} has fallen to its floor by half of the run and stays below its limit {span}.",
        values=numbers,
        evidence=[signal.ref()],
        figure=figure("Exploration by entropy", [signal], onset=onset),
        onset=onset,
    )
