"""See whether the value function explains anything of the returns.

Observes:
    Explained variance within 1e-4 of 0 at nine points of ten, for twenty points or more, while the returns vary
    and the value loss is not small against them. Within 0.05 it counts as well, and weighs less: a head that is cut
    off from its loss keeps the small guesses it began with.

Why it matters:
    A head that outputs one number for every state gives no baseline: the policy gradient is as noisy as without it.

Evidence:
    Explained variance of the value function; returns, to know that there was variance to explain.

How it can be wrong:
    Where every return is equal there is nothing to explain, and the figure is undefined however it is logged. A
    metric that is exactly one number throughout may never have been computed.

References:
    Stable-Baselines3 documentation, logger: explained_variance, "ev=0 => might as well have predicted zero".
    Measured: an archived PPO run with value loss 2.7e5 has |ev| below 1.5e-4 in 244 updates, its healthy sibling
    0.2 to 0.6.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.episodes.return_rises import learned_its_task
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.figure import figure
from forensics.signals.returns import episodic_returns
from forensics.signals.robust import finite, mad
from forensics.signals.signals import Signals

META = Meta(
    code="VAL111",
    name="value-head-blind",
    fired="The value function explains nothing of the returns",
    clear="The value function explains part of the returns",
    group="value-fit",
    needs=("explained variance of the value function",),
    leak=(1, 300),
    leak_reason="float noise around 0 for many updates; a learning head leaves it within tens of updates",
    how_to_log='writer.add_scalar("train/explained_variance", 1 - (returns - values).var() / returns.var(), step)',
)

THRESHOLDS = {
    "explained": Threshold(1e-4, "explained variance", "measured: median 1e-7, 95 % below in a blind archived run"),
    "hardly": Threshold(
        0.05, "explained variance", "measured: a detached head within 0.015 throughout; heads that learn pass 0.3"
    ),
    "share": Threshold(0.9, "of the points", "leaves out the first updates, in which the head still moves"),
    "points": Threshold(20, "points", "a head may need some updates to begin"),
    "spread": Threshold(1e-3, "of |return|", "returns this equal leave no variance that matters"),
}

# Returns that are chance alone can hardly be explained by any head, and slow heads begin late; none of the healthy
# on-policy runs at hand does so for twenty updates.
LEAK_HARDLY = (2.0, 100.0)
# A return that rises needs no head where it depends on no state: one state, or a return drawn by chance.
LEAK_OF_LEARNED = (10.0, 100.0)


def detect(signals: Signals) -> Finding:
    """Fire where explained variance stays at float noise while returns vary."""
    explained = signals.first(Quantity.EXPLAINED_VARIANCE)
    if explained is None:
        return META.not_applicable()
    known = np.isfinite(explained.values)
    values, steps = explained.values[known], explained.steps[known]
    if len(values) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{explained.tag} has only {len(values)} finite points.")
    hardly = float((np.abs(values) <= THRESHOLDS["explained"].value).mean()) < THRESHOLDS["share"].value
    limit = THRESHOLDS["hardly" if hardly else "explained"].value
    share, size = float((np.abs(values) <= limit).mean()), float(np.median(np.abs(values)))
    numbers: dict[str, Number] = {"median": size, "share_at_zero": share, "points": len(values)}
    span = f"from step {steps[0]} to {steps[-1]} ({len(values)} points): median size {size:.2g} against {limit:g}"
    if share < THRESHOLDS["share"].value:
        return META.pass_(
            f"{explained.tag} leaves the neighbourhood of 0 {span}.", values=numbers, evidence=[explained.ref()]
        )
    if len(np.unique(values)) == 1:
        return META.inconclusive(f"{explained.tag} is one number throughout: perhaps never computed.", values=numbers)
    returns = episodic_returns(signals)
    if not len(returns):
        return META.inconclusive(
            f"{explained.tag} stays at 0 {span}, but no return shows that there was variance.", values=numbers
        )
    level = float(np.median(np.abs(returns)))
    numbers["return_spread"] = mad(returns)
    if mad(returns) <= THRESHOLDS["spread"].value * level:
        return META.inconclusive(
            f"{explained.tag} stays at 0 {span}, and the returns do not vary either.", values=numbers
        )
    shown = [explained]
    text = f"{explained.tag} stays {'at' if hardly else 'within float noise of'} 0 {span}"
    loss = signals.first(Quantity.LOSS, network=(Network.VALUE, Network.CRITIC))
    if loss is not None:
        error = float(np.sqrt(np.median(np.abs(finite(loss.values)))))
        numbers["root_value_loss"] = error
        text += f", with a root value loss of {error:.4g} beside returns of {level:.4g}"
        if error < min(THRESHOLDS["spread"].value * level, 1e-3):
            return META.inconclusive(f"{text}: there is little left to explain.", values=numbers)
        shown.append(loss)
    return META.fire(
        f"{text}.",
        values=numbers,
        evidence=[signal.ref() for signal in shown],
        figure=figure("Explained variance", [explained], limits=[("nothing explained", limit)]),
        onset=int(steps[0]),
        leak=_leak_of_little(signals) if hardly else None,
    )


def _leak_of_little(signals: Signals) -> tuple[float, float]:
    return LEAK_OF_LEARNED if learned_its_task(signals) else LEAK_HARDLY
