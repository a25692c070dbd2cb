"""See whether the target network follows the online critic without any lag.

Observes:
    A statistic of the target critic's parameters (or the target's Q) equal to the online critic's to float
    precision at nearly every point, while both change; or so near that the online critic takes less than five updates
    to get from the one to the other. An average with rate tau, taken every d updates, lags by d / tau updates.

Why it matters:
    A target that moves with the estimate it is to steady is no target: bootstrapping then chases itself.

Evidence:
    The same parameter statistic of the online and the target critic, or Q on the batch and Q of the target network,
    at ten points.

How it can be wrong:
    Periodic hard copies (DQN) logged just after each copy; a TD target is not the target network's Q, so its mean
    near the online mean shows nothing and is not used beyond bit-equality.

References:
    Lillicrap et al. 2015 (arXiv 1509.02971), section 3, soft targets; fault-catalogue, I12.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import paired
from forensics.detectors.values.targets import online_and_target
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signals
from forensics.signals.updates import updates_at

META = Meta(
    code="VAL107",
    name="target-equals-online",
    fired="The target critic follows the online critic without a lag",
    clear="The target critic lags behind the online critic",
    group="target-motion",
    needs=("parameters or Q of the online critic and of its target network",),
    leak=(1, 400),
    leak_reason="periodic hard copies logged just after each copy; averages in use lag by twenty updates and "
    "more, and by ninety and more in every archived and planted run without this fault",
    how_to_log='writer.add_scalar("critic/target_param_norm", parameters_to_vector(target.parameters()).norm(), step)',
)

THRESHOLDS = {
    "difference": Threshold(1e-6, "relative", "a few units in the last place of float32 (1.2e-7)"),
    "lag": Threshold(5.0, "updates", "a tau of 0.2 at each update; rates in use, 0.001 to 0.05, lag by 20 to 1000"),
    "share": Threshold(0.9, "of the points", "leaves room for points between an update and its copy"),
    "points": Threshold(10, "points", "fewer could be copies met by chance"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the two agree at nine points of ten and both change."""
    pair = online_and_target(signals)
    if pair is None:
        return META.not_applicable()
    online, target = pair
    steps, one, two = paired(online, target)
    if len(steps) < THRESHOLDS["points"].value or len(np.unique(one)) < 3:
        return META.inconclusive(f"{online.tag} and {target.tag} share too few different points ({len(steps)}).")
    if "dqn" in signals.algorithm.lower():
        return META.inconclusive(f"{target.tag} is copied at intervals by design; points near a copy agree.")
    same = np.abs(one - two) <= THRESHOLDS["difference"].value * np.maximum(np.abs(one), np.abs(two))
    values: dict[str, Number] = {"share_equal": float(same.mean()), "points": len(steps)}
    if target.meaning.quantity is Quantity.PARAMETER:
        lag = _lag(one, two, np.interp(steps, online.steps, updates_at(signals, online)))
        same |= lag < THRESHOLDS["lag"].value
        values["lag"] = float(np.median(lag))
    share, limit = float(same.mean()), THRESHOLDS["share"].value
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {share:.0%} of points equal against {limit:.0%}"
    if "lag" in values:
        span += f"; the lag is {values['lag']:.3g} updates (median) against {THRESHOLDS['lag'].value:g}"
    evidence = [online.ref(), target.ref()]
    if share < limit and target.meaning.quantity is not Quantity.PARAMETER:
        # A TD target differs from Q by its error alone: that it differs shows no lag of the network.
        return META.inconclusive(f"{target.tag} differs from {online.tag} {span}.", values=values)
    if share < limit:
        return META.pass_(f"{target.tag} differs from {online.tag} {span}.", values=values, evidence=evidence)
    return META.fire(
        f"{target.tag} equals {online.tag} {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Online and target critic", [online, target]),
        onset=int(steps[int(np.argmax(same))]),
    )


def _lag(online: Array, target: Array, updates: Array) -> Array:
    """Return how many updates the online statistic takes, at its pace around each point, to cover the difference."""
    at = np.arange(len(online))
    before, after = np.maximum(at - 2, 0), np.minimum(at + 2, len(online) - 1)
    pace = np.abs(online[after] - online[before]) / np.maximum(updates[after] - updates[before], 1.0)
    lag: Array = np.abs(online - target) / np.maximum(pace, np.finfo(np.float64).tiny)
    return lag
