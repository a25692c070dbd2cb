"""NaN or infinite values, and the first quantity in data-flow order that held one.

Observes: the step of the first non-finite value of every tag; among the tags that turn within one logging interval
of the earliest, the one that comes first on the way from observation to action.

Why it matters: one NaN spreads to everything downstream within an update; the first in data-flow order is where to
look.

Evidence: any series.

How it can be wrong: some non-finite numbers are normal and left out: returns and lengths while no episode has ended,
the explained variance of constant returns, a gradient norm that a loss scaler skips (or that left every loss
finite), counts that were not reported (RLlib's num_trainable_parameters from its second result on), and tags of
unknown meaning unless they turn for good.

References: RLlib and SB3 log NaN where no episode ended; SB3's explained_variance returns NaN for constant returns;
PyTorch's GradScaler documentation (steps with infinite gradients are skipped); fault catalogue, non-finite-values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis, Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import words

META = Meta(
    code="RUN105",
    name="non-finite-values",
    fired="Non-finite values",
    clear="All values are finite",
    group="non-finite",
    needs=("series",),
    leak=(1, 1000),
    leak_reason="The normal cases are left out; what remains is a broken number somewhere.",
    how_to_log='writer.add_scalar("train/critic_loss", critic_loss, env_step)  # unfiltered',
)
THRESHOLDS = {
    "scaled": Threshold(
        0.05,
        "share of points",
        "PyTorch, GradScaler: infinite gradients are skipped now and then while the scale adapts",
    ),
    "for good": Threshold(3, "points", "a tag of unknown meaning counts when it stays non-finite to its end"),
}
FEW = 2  # of a log too short for the share
FLOW = (
    (Quantity.OBSERVATION,),
    (Quantity.REWARD, Quantity.REWARD_COMPONENT, Quantity.DISCOUNT, Quantity.MOTION),
    (Quantity.FEATURE_NORM,),
    (Quantity.Q_VALUE, Quantity.STATE_VALUE, Quantity.ADVANTAGE, Quantity.TD_ERROR),
    (Quantity.LOSS, Quantity.KL, Quantity.ENTROPY, Quantity.POLICY_STD, Quantity.ENTROPY_COEFFICIENT),
    (Quantity.GRADIENT_NORM, Quantity.CLIP_COEFFICIENT),
    (Quantity.PARAMETER, Quantity.UPDATE_RATIO),
    (Quantity.ACTION, Quantity.EXPLORATION_NOISE),
)
EPISODIC = (Quantity.EPISODIC_RETURN, Quantity.EPISODE_LENGTH, Quantity.SUCCESS_RATE, Quantity.EXPLAINED_VARIANCE)
_COUNT = re.compile(r"\b(num|number of|counts?)\b")  # what is counted cannot overflow


@dataclass(frozen=True)
class _Broken:
    signal: Signal
    first: int
    count: int

    @property
    def step(self) -> int:
        return int(self.signal.steps[self.first])

    @property
    def place(self) -> int:
        quantity = self.signal.meaning.quantity
        # A target is made before the values that are fitted to it.
        known = [number for number, group in enumerate(FLOW) if quantity in group]
        return 2 * known[0] - (self.signal.meaning.role.value == "target") if known else 2 * len(FLOW)


def detect(signals: Signals) -> Finding:
    """Name the first non-finite tag in data-flow order."""
    known = [one for one in signals.signals if len(one)]
    if not known:
        return META.not_applicable()
    scaled = bool(signals.select(Quantity.AMP_SCALE)) or _losses_are_finite(signals)
    broken = [found for one in known for found in (_broken(one, scaled),) if found is not None]
    if not broken:
        return META.pass_(f"All values of {len(known)} tags are finite, but for the normal cases.")
    known_axis = [one for one in broken if one.signal.meaning.axis is not Axis.EPISODE] or broken
    earliest = min(known_axis, key=lambda one: one.step)
    interval = float(np.median(np.diff(earliest.signal.steps))) if len(earliest.signal) > 1 else 0.0
    together = [one for one in known_axis if one.step <= earliest.step + interval]
    origin = min(together, key=lambda one: (one.place, one.step))
    value = origin.signal.values[origin.first]
    word = "NaN" if np.isnan(value) else "infinite"
    values: dict[str, Number] = {
        "first_tag": origin.signal.tag,
        "first_quantity": origin.signal.meaning.quantity.value,
        "tags": len(broken),
        "points": origin.count,
        "to_the_end": bool(not np.isfinite(origin.signal.values[-1])),
    }
    return META.fire(
        f"{origin.signal.tag} is {word} from step {origin.step} to {origin.signal.steps[-1]} ({origin.count} points): "
        f"first in data-flow order of {len(broken)} tags with non-finite values, against none.",
        values=values,
        evidence=[one.signal.ref(one.first, -1) for one in sorted(broken, key=lambda one: (one.step, one.place))[:8]],
        figure=figure("Before the first non-finite value", [origin.signal], onset=origin.step),
        onset=origin.step,
    )


def _losses_are_finite(signals: Signals) -> bool:
    """Whether losses are logged and every one is finite: then gradients that were not did not reach the weights."""
    losses = signals.select(Quantity.LOSS)
    return bool(losses) and all(np.isfinite(loss.values).all() for loss in losses)


def _broken(signal: Signal, scaled: bool) -> _Broken | None:
    bad = np.flatnonzero(~np.isfinite(signal.values))
    quantity = signal.meaning.quantity
    if not len(bad) or quantity in EPISODIC or quantity in (Quantity.THROUGHPUT, Quantity.ALERT):
        return None
    lasting = len(signal) - int(_tail_start(signal))
    share = THRESHOLDS["scaled"].value * len(signal)
    skipped = lasting == 0 and len(bad) <= max(FEW, share) and 2 * len(bad) < len(signal)
    if scaled and quantity is Quantity.GRADIENT_NORM and skipped:
        return None
    # Leading NaN of a window that has nothing in it yet, and tags whose meaning is not known.
    unknown = not any(quantity in group for group in FLOW)
    if unknown and _COUNT.search(words(signal.tag)):
        return None
    if unknown and (lasting < THRESHOLDS["for good"].value or lasting == len(signal)):
        return None
    leading = bool(np.isnan(signal.values[: len(bad)]).all()) and len(bad) < len(signal)
    if leading and quantity in (Quantity.REWARD, Quantity.ADVANTAGE, Quantity.KL):
        return None
    return _Broken(signal, int(bad[0]), len(bad))


def _tail_start(signal: Signal) -> int:
    """Return where the non-finite tail begins (the length of the series, where it ends finite)."""
    good = np.flatnonzero(np.isfinite(signal.values))
    return int(good[-1]) + 1 if len(good) else 0
