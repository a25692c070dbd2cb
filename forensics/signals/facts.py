"""Numbers about the whole run that its series imply."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.model.diagnosis import Fact
from forensics.model.evidence import EvidenceRef, Run
from forensics.model.meaning import Axis, Quantity
from forensics.signals.align import join
from forensics.signals.robust import slope
from forensics.signals.signals import Signal

STEADY = 0.02  # relative spread below which a ratio counts as one constant; logged noise stays under it


def establish_facts(signals: Sequence[Signal], run: Run) -> dict[str, Fact]:
    """Return what could be established: gamma, updates, updates_per_step, learning_starts, env_steps."""
    facts = [*_discount(signals), *_updates(signals), *_steps(signals, run)]
    return {fact.name: fact for fact in facts}


def _discount(signals: Sequence[Signal]) -> list[Fact]:
    discounts = [signal for signal in signals if signal.meaning.quantity is Quantity.DISCOUNT]
    shares = [signal for signal in signals if signal.meaning.quantity is Quantity.DONE_SHARE]
    for discount in discounts:
        for share in shares:
            steps, (effective, done) = join(discount, share)
            keep = np.isfinite(effective) & (done < 1)
            if keep.sum() < 5:
                continue
            gamma = effective[keep] / (1 - done[keep])
            middle = float(np.median(gamma))
            if np.quantile(np.abs(gamma - middle), 0.9) <= STEADY * middle:
                how = f"{discount.tag} / (1 - {share.tag}) is constant over {len(steps)} points"
                return [Fact(name="gamma", value=round(middle, 4), how=how, evidence=[discount.ref(), share.ref()])]
    return []


def _updates(signals: Sequence[Signal]) -> list[Fact]:
    counts = [signal for signal in signals if signal.meaning.quantity is Quantity.UPDATE_COUNT and len(signal) >= 3]
    if not counts:
        return []
    count = max(counts, key=len)
    facts = [
        Fact(name="updates", value=int(count.values[-1]), how=f"last value of {count.tag}", evidence=[count.ref()])
    ]
    ratio, fit = slope(count.steps.astype(np.float64), count.values)
    if ratio > 0 and fit > 0.99 and count.meaning.axis in (Axis.ENV_STEP, Axis.UNKNOWN):
        start = float(np.median(count.steps - count.values / ratio))
        how = f"{count.tag} is linear in its step (R2 {fit:.4f})"
        facts.append(Fact(name="updates_per_step", value=round(ratio, 4), how=how, evidence=[count.ref()]))
        facts.append(Fact(name="learning_starts", value=max(0, round(start)), how=how, evidence=[count.ref()]))
    return facts


def _steps(signals: Sequence[Signal], run: Run) -> list[Fact]:
    """The last environment step: of tags established on that axis, else of those not on another one.

    A run without any has a last step all the same, on the axis that it does log (updates, epochs).
    """
    known = [s for s in signals if s.meaning.axis is Axis.ENV_STEP and s.is_established("axis")]
    other = [s for s in signals if s.meaning.axis in (Axis.ENV_STEP, Axis.UNKNOWN) and not s.numbers_records]
    pool = [signal for signal in (known or other) if len(signal) and signal.series.source == "tensorboard"]
    pool = pool or [signal for signal in (known or other) if len(signal)]
    name = "env_steps" if pool else "last_step"
    pool = pool or [signal for signal in signals if len(signal) and signal.meaning.axis is not Axis.EPISODE]
    if not pool:
        return []
    last = max(pool, key=lambda signal: (int(signal.series.steps.max()), len(signal)))
    value = int(last.series.steps.max())
    if name == "last_step":
        how = f"largest step of {last.tag}, on the axis {last.meaning.axis.value}"
        return [Fact(name=name, value=value, how=how, evidence=[EvidenceRef(tag=last.tag, last_step=value)])]
    how = f"largest step of {last.tag}" + ("" if known else "; that it counts environment steps is not established")
    return [Fact(name="env_steps", value=value, how=how, evidence=[EvidenceRef(tag=last.tag, last_step=value)])]
