"""See whether Q on the batch, or the critic loss, grows without bound.

Observes:
    |Q| on the batch (or of the targets; on a fixed data set also of the policy's actions) growing by two decades or
    the critic loss by four, still rising in the second half, to a size that the returns do not account for.

Why it matters:
    Bootstrapping on values of actions that no data corrects feeds its own errors: Q leaves every scale the task has.

Evidence:
    Q on the batch, TD targets or the critic loss at ten points. Returns, where logged, give the scale; without them
    one more decade of Q is asked for. Q of the policy's actions counts where nothing is collected: offline it is what
    diverges, and what loggers there hold. Online an actor's objective can come loose without its critic (VAL103).

How it can be wrong:
    A critic that begins near 0 grows by decades while it learns: the scale of the returns tells that apart.

References:
    Fujimoto et al. 2019 (arXiv 1812.02900), extrapolation error; van Hasselt et al. 2018 (arXiv 1812.02648), the
    deadly triad. Measured: an archived offline TD3 run, critic loss 0.35 to 2.7e15; its healthy sibling with
    behaviour cloning rises 12x.
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.detectors.data.collecting import is_offline
from forensics.detectors.meta import Meta
from forensics.detectors.values.q_values import POINT
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.growth import Growth, growth
from forensics.signals.returns import return_scale
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="VAL113",
    name="q-diverges",
    fired="Q on the batch grows by decades and has not settled",
    clear="Q on the batch stays bounded",
    group="q-bound",
    needs=("Q on the batch, TD targets or critic loss",),
    leak=(1, 200),
    leak_reason="growth beyond ten times the largest return has no healthy reading",
    how_to_log='writer.add_scalar("debug/q1_mean", q1.mean().item(), step)',
)

THRESHOLDS = {
    "decades": Threshold(2.0, "decades of Q", "a healthy critic's growth past its warm-up stays below, see References"),
    "decades_without_return": Threshold(3.0, "decades of Q", "one more where no return gives the scale"),
    "return_factor": Threshold(
        10.0, "times the largest return", "1/(1 - gamma) over the shortest usual horizon, with margin"
    ),
    "points": Threshold(10, "points", "start, middle and end of three points each"),
}


@dataclass(frozen=True)
class _Course:
    signal: Signal
    growth: Growth
    root: bool

    @property
    def decades(self) -> float:
        return self.growth.decades / 2 if self.root else self.growth.decades

    @property
    def size(self) -> float:
        return float(self.growth.end**0.5) if self.root else self.growth.end


def detect(signals: Signals) -> Finding:
    """Fire on the series that grows most, in decades of Q (half of a squared loss's)."""
    roles = (Role.BATCH, Role.TARGET, Role.POLICY) if is_offline(signals) else (Role.BATCH, Role.TARGET)
    values = signals.select(Quantity.Q_VALUE, role=roles, statistic=(*POINT, Statistic.STD))
    losses = signals.select(Quantity.LOSS, network=Network.CRITIC)
    if not values and not losses:
        return META.not_applicable()
    courses = [
        _Course(signal, course, root)
        for group, root in ((values, False), (losses, True))
        for signal in group
        if (course := growth(signal.values)) is not None
    ]
    if not courses:
        return META.inconclusive("No series of Q or of the critic loss has ten points other than 0.")
    worst = max(courses, key=lambda item: item.decades)
    scale = return_scale(signals)
    limit = THRESHOLDS["decades_without_return" if scale is None else "decades"].value
    name = f"the root of {worst.signal.tag}" if worst.root else worst.signal.tag
    numbers: dict[str, Number] = {"decades": worst.decades, "end": worst.size, "points": len(worst.signal)}
    steps = worst.signal.steps
    span = f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {worst.decades:.2f} decades against {limit:g}"
    beyond = scale is None or worst.size > THRESHOLDS["return_factor"].value * scale
    if worst.decades < limit or not worst.growth.goes_on or not beyond:
        why = (
            ""
            if worst.decades < limit
            else ", and settles"
            if not worst.growth.goes_on
            else ", at the scale of the returns"
        )
        return META.pass_(
            f"Of Q and critic losses, {name} grows most {span}{why}.", values=numbers, evidence=[worst.signal.ref()]
        )
    return META.fire(
        f"The size of {name} grows without settling {span}, to {worst.size:.3g}"
        + (f" beside returns of {scale:.3g}." if scale is not None else "."),
        values=numbers,
        evidence=[worst.signal.ref()],
        figure=figure("Growth of Q", [worst.signal]),
        onset=int(steps[0]),
    )
