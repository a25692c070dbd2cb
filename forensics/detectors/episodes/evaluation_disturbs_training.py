"""From an evaluation step on, the training environment stands still.

Observes: a per-step reward or motion series of training that varied before an evaluation and is bit-constant from
the first or second logged point after it, for at least five points (three where two series freeze together).

Why it matters: an evaluation that opens a second environment on the same simulator, or leaves a wrapper unreset,
destroys the training episode. The frozen transitions fill the replay buffer and look like a policy that gave up.

Evidence: evaluation records, and the reward or a speed at every few steps of training.

How it can be wrong: a sparse reward is constant for long stretches anyway, so the frozen stretch must be twice
as long as any constant stretch before the evaluation; a policy that brakes to a stop drifts towards it and
does not switch at an evaluation step, unless it takes over from random actions there, which decides nothing.

References: the fault catalogue's evaluation-corrupts-training (seen in two archived driving runs: speed exactly 0
and reward exactly constant for nine logged points after the evaluation, then an episode as long as its cap).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.evidence import Ints
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Aggregation, Axis, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="EPS103",
    name="evaluation-disturbs-training",
    fired="Training stands still from an evaluation on",
    clear="Training goes on after evaluations as before",
    group="evaluation-effect",
    needs=("evaluation records", "per-step reward or motion of training"),
    leak=(1, 500),
    leak_reason="Needs a bit-constant stretch that begins at an evaluation and is unlike anything before it.",
    how_to_log='writer.add_scalar("progress/current_reward", reward, env_step)',
)
THRESHOLDS = {
    "frozen points": Threshold(5, "points", "five equal floats in a series that varied; three where two series agree"),
    "together": Threshold(3, "points", "two independent series that freeze at one point need fewer points each"),
    "against before": Threshold(
        2.0, "times the longest earlier constant stretch", "a sparse reward repeats itself; twice is unlike it"
    ),
    "episode": Threshold(
        0.5, "of the longest episode", "a lost environment returns at the cap; half allows for the logging cadence"
    ),
    "cadence": Threshold(
        5, "points between evaluations", "below five logged points, any stop would lie next to an evaluation"
    ),
}
RANDOM_UNTIL = ("learning_starts", "start_timesteps", "start_steps", "random_steps", "warmup_steps")
EVALUATED = (Quantity.EPISODIC_RETURN, Quantity.EPISODE_LENGTH, Quantity.SUCCESS_RATE, Quantity.REWARD)


@dataclass(frozen=True)
class _Freeze:
    signal: Signal
    evaluation: int
    first: int
    last: int
    value: float
    resumed: bool

    @property
    def points(self) -> int:
        return self.last - self.first + 1


_LEAK_WITHOUT_LENGTHS = (3.0, 100.0)  # a parked vehicle is constant too; only episode lengths tell it from a lost one


def detect(signals: Signals) -> Finding:
    """Look for a series that turns bit-constant right after an evaluation."""
    evaluations = _evaluations(signals)
    series = _per_step(signals)
    missing = [need for need, have in zip(META.needs, (len(evaluations), len(series)), strict=True) if not have]
    if missing:
        return META.not_applicable(*missing)
    frozen = [found for signal in series for found in (_freeze(signal, evaluations),) if found is not None]
    first = min((found.evaluation for found in frozen), default=0)
    together = [found for found in frozen if found.evaluation == first]
    needed = THRESHOLDS["together" if len(together) > 1 else "frozen points"].value
    length = _longest_episode(signals)
    held = [found for found in together if found.points >= needed and not _within_an_episode(found, length)]
    if not held:
        return META.pass_(
            f"No reward or motion series of training ({', '.join(signal.tag for signal in series)}) is constant for "
            f"{needed:g} points after any of {len(evaluations)} evaluation steps.",
            evidence=[signal.ref() for signal in series],
        )
    longest = max(held, key=lambda found: found.points)
    takeover = _takeover(signals, longest)
    if takeover is not None:
        return META.inconclusive(
            f"{longest.signal.tag} is exactly {longest.value:.6g} for {longest.points} points after the evaluation at "
            f"step {first}, but random actions ended there too, at step {takeover:g}: a first policy that parks looks "
            "the same.",
            values={"evaluation_step": first, "learning_starts": takeover, "points": longest.points},
        )
    onset, end = (int(longest.signal.steps[at]) for at in (longest.first, longest.last))
    values: dict[str, Number] = {
        "evaluation_step": first,
        "first_frozen_step": onset,
        "last_frozen_step": end,
        "points": longest.points,
        "value": longest.value,
        "series": len(held),
        "resumed": longest.resumed,
        "longest_episode": length,
    }
    after = "then goes on" if longest.resumed else "to the end of the series"
    return META.fire(
        f"{longest.signal.tag} is exactly {longest.value:.6g} from step {onset} to {end} ({longest.points} points, "
        f"{after}) after the evaluation at step {first}: {longest.points} constant points against {needed:g}; "
        f"{len(held)} series stand still together.",
        values=values,
        evidence=[found.signal.ref(found.first, found.last) for found in held],
        figure=figure("Training around the evaluation", [found.signal for found in held], onset=first),
        onset=onset,
        leak=_LEAK_WITHOUT_LENGTHS if length is None else None,
    )


def _evaluations(signals: Signals) -> Ints:
    found = [
        signal.steps
        for quantity in EVALUATED
        for signal in signals.select(quantity, role=Role.EVALUATION)
        if signal.meaning.axis in (Axis.ENV_STEP, Axis.UNKNOWN)
    ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _per_step(signals: Signals) -> list[Signal]:
    rewards = signals.select(Quantity.REWARD, role=(Role.TRAIN, Role.NONE), statistic=(Statistic.VALUE, Statistic.MEAN))
    motions = signals.select(Quantity.MOTION, role=(Role.TRAIN, Role.NONE))
    return [
        signal
        for signal in rewards + motions
        if signal.meaning.axis in (Axis.ENV_STEP, Axis.UNKNOWN)
        and signal.meaning.aggregation is not Aggregation.WINDOW_MEAN
        and len(signal) >= 10
    ]


def _freeze(signal: Signal, evaluations: Ints) -> _Freeze | None:
    """Return the first constant stretch that begins at an evaluation and is unlike anything before it."""
    inside = evaluations[(evaluations >= signal.steps[0]) & (evaluations < signal.steps[-1])]
    points = np.searchsorted(signal.steps, inside, side="right")
    if len(points) > 1 and np.median(np.diff(points)) < THRESHOLDS["cadence"].value:
        return None
    starts, lengths = _stretches(signal.values)
    for evaluation, point in zip(inside.tolist(), points.tolist(), strict=True):
        # What is repeated may be the last reading before the evaluation, if it differs from its neighbour.
        at = np.flatnonzero((starts >= point - 1) & (starts <= point + 1))
        before = lengths[starts < point - 1]
        if not len(at) or not len(before):
            continue
        stretch = at[int(np.argmax(lengths[at]))]
        limit = THRESHOLDS["against before"].value * float(before.max())
        if lengths[stretch] >= THRESHOLDS["together"].value and lengths[stretch] >= limit:
            first = int(starts[stretch])
            last = first + int(lengths[stretch]) - 1
            return _Freeze(signal, evaluation, first, last, float(signal.values[first]), last < len(signal) - 1)
    return None


def _within_an_episode(freeze: _Freeze, longest: float | None) -> bool:
    """Whether training went on too soon for a lost environment, which a reset alone brings back.

    A reset comes when the lost episode reaches its cap, so the standstill is about the longest episode there is. A
    countdown or a slow start is a small part of one; where no length is logged, five points must tell.
    """
    if not freeze.resumed:
        return False
    if longest is None:
        return freeze.points < THRESHOLDS["frozen points"].value
    spacing = float(np.median(np.diff(freeze.signal.steps)))
    return freeze.points * spacing < THRESHOLDS["episode"].value * longest


def _takeover(signals: Signals, freeze: _Freeze) -> float | None:
    """Return the step at which the policy took over from random actions, where the freeze cannot be told from it."""
    starts = signals.number("learning_starts")
    starts = signals.config(*RANDOM_UNTIL) if starts is None else starts
    spacing = float(np.median(np.diff(freeze.signal.steps)))
    onset = float(freeze.signal.steps[freeze.first])
    return starts if starts is not None and abs(onset - starts) <= 2 * spacing else None


def _stretches(values: Array) -> tuple[Ints, Ints]:
    """Return the first position and the length of each run of equal values."""
    starts = np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1]).astype(np.int64)
    return starts, np.diff(np.append(starts, len(values)))


def _longest_episode(signals: Signals) -> float | None:
    lengths = signals.first(Quantity.EPISODE_LENGTH, role=Role.TRAIN)
    return float(np.nanmax(lengths.values)) if lengths is not None else None
