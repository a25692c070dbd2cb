"""See whether a loss explodes.

Observes:
    A loss growing in magnitude by two decades from the median of its first twentieth to that of its last (about
    three from point to point), whatever its sign, and still rising in the second half, to more than ten times the
    largest return.

Why it matters:
    Nothing the task offers is of that size: the objective itself has come loose, or the optimization diverges.
    It does not show that gradient clipping failed: under Adam a clipped gradient moves the weights all the same.

Evidence:
    Any loss at ten points. Returns, where logged, give the scale of Q and of the root of a squared error; without
    them four decades are asked for.

How it can be wrong:
    Losses that begin near 0, or pass through it, span decades without growing: the end is compared with the median
    beginning, and with the level halfway.

References:
    AutoTrainer (Zhang et al., ICSE 2021), exploding loss. Measured: archived TD3 runs with an exploding actor
    objective, 3.2 to 6.6 decades; healthy TD3+BC critic 1.1, SAC actor through zero, TD3 and SAC on Pendulum 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.growth import Growth, growth
from forensics.signals.returns import return_scale
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOS101",
    name="loss-explosion",
    fired="A loss explodes",
    clear="No loss explodes",
    group="objective-explosion",
    needs=("a loss",),
    leak=(1, 100),
    leak_reason="growth by decades past ten times the largest return; none in the healthy archived runs",
    how_to_log='writer.add_scalar("train/actor_loss", actor_loss.item(), step)',
)

THRESHOLDS = {
    "decades": Threshold(
        2.0,
        "decades, first to last twentieth",
        "measured: 2.5 to 5.6 in exploding archived runs, at most 1.1 in healthy",
    ),
    "decades_without_return": Threshold(4.0, "decades", "a critic grows by three from an untrained start to its scale"),
    "return_factor": Threshold(
        10.0, "times the largest return", "1/(1 - gamma) over the shortest usual horizon, with margin"
    ),
}

_OF_VALUES = (Network.ACTOR, Network.CRITIC, Network.VALUE)


@dataclass(frozen=True)
class _Course:
    signal: Signal
    growth: Growth
    size: float
    weight: float


def detect(signals: Signals) -> Finding:
    """Fire on the loss that grows most beyond the scale of the task."""
    losses = [
        signal
        for signal in signals.select(Quantity.LOSS)
        if signal.meaning.network is not Network.TEMPERATURE and signal.meaning.role is not Role.VALIDATION
    ]
    if not losses:
        return META.not_applicable()
    courses = [_course(signal, course) for signal in losses if (course := growth(signal.values)) is not None]
    if not courses:
        return META.inconclusive("No loss has ten points other than 0.")
    scale = return_scale(signals)
    exploding = [course for course in courses if _explodes(course, scale)]
    worst = max(exploding or courses, key=lambda course: course.weight)
    steps = worst.signal.steps
    limit = _limit(worst.signal, scale)
    values: dict[str, Number] = {
        "decades": worst.growth.decades,
        "start": worst.growth.start,
        "end": worst.growth.end,
        "points": len(steps),
    }
    span = (
        f"from step {steps[0]} to {steps[-1]} ({len(steps)} points): {worst.growth.start:.3g} to "
        f"{worst.growth.end:.3g}, {worst.growth.decades:.1f} decades against {limit:g}"
    )
    if not exploding:
        return META.pass_(
            f"|{worst.signal.tag}| does not grow beyond the scale of the task {span}.",
            values=values,
            evidence=[course.signal.ref() for course in courses],
        )
    others = [course.signal.tag for course in exploding if course is not worst]
    beside = f", beside {', '.join(others)}" if others else ""
    return META.fire(
        f"|{worst.signal.tag}| grows without settling {span}{beside}.",
        values=values,
        evidence=[course.signal.ref() for course in exploding],
        figure=figure("The loss that explodes", [worst.signal]),
        onset=int(steps[0]),
    )


def _course(signal: Signal, course: Growth) -> _Course:
    """Return the course with its size and its decades in units of Q: a squared error counts by its root."""
    power = 0.5 if signal.meaning.network in (Network.CRITIC, Network.VALUE) else 1.0
    return _Course(signal, course, course.end**power, power * course.decades)


def _limit(signal: Signal, scale: float | None) -> float:
    unscaled = scale is None or signal.meaning.network not in _OF_VALUES
    return THRESHOLDS["decades_without_return" if unscaled else "decades"].value


def _explodes(course: _Course, scale: float | None) -> bool:
    if course.growth.decades < _limit(course.signal, scale) or not course.growth.goes_on:
        return False
    if course.signal.meaning.network not in _OF_VALUES or scale is None:
        return True
    return course.size > THRESHOLDS["return_factor"].value * scale
