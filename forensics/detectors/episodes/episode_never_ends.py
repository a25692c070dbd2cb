"""One episode goes on for tens of thousands of steps: the rollout metrics repeat bit for bit.

Observes: mean return and mean length over finished episodes, both bit-identical for at least ten points to the end,
over more than 20,000 steps and five times the longest episode seen; or an episode counter that stands still so long,
or for ten times the time limit where one is configured; or a running episode step that grows with the environment
step for so long; or means over finished episodes that were never a number while every environment made so many steps.

Why it matters: when neither termination nor truncation fires, no episode is finished, the return stops being
measured, and the replay buffer fills with one long trajectory.

Evidence: rollout return and length, an episode counter, or the running length of the current episode.

How it can be wrong: a deterministic policy in a deterministic environment finishes identical episodes; their mean
length is then a whole number, so whole-numbered lengths need a counter that stands still.

References: Pardo 2018, "Time limits in reinforcement learning" (arXiv 1712.00378); the fault catalogue's
endless-episode.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Axis, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="EPS104",
    name="episode-never-ends",
    fired="An episode never ends",
    clear="Episodes end",
    group="episode-end",
    needs=("mean return and length of finished episodes, or an episode counter, on environment steps",),
    leak=(1, 100),
    leak_reason="Needs ten bit-identical points of two float series, or a counter that stands still.",
    how_to_log='writer.add_scalar("rollout/episodes", finished_episodes, env_step)',
)
THRESHOLDS = {
    "steps": Threshold(
        2e4, "environment steps", "fault catalogue, endless-episode: one episode of tens of thousands of steps"
    ),
    "lengths": Threshold(5, "times the longest episode", "no episode of this task took a fifth as long"),
    "limits": Threshold(
        10,
        "configured time limits",
        "eight environments in parallel would each have passed theirs; more are configured",
    ),
    "share": Threshold(
        0.2, "share of the run", "many parallel environments finish no episode for long; not for a fifth of a run"
    ),
    "most": Threshold(0.5, "share of the run", "no stretch of luck: two means stand still for most of it"),
    "points": Threshold(10, "points", "ten equal floats in two series do not happen by chance"),
}

_LEAK_OF_MOST = (1.0, 400.0)
_LEAK_BEYOND_LIMIT = (1.0, 400.0)  # a limit is configured, and ten times as long nothing ends
LIMIT_KEYS = ("max_episode_steps", "time_limit", "max_ep_len", "max_episode_length")


def detect(signals: Signals) -> Finding:
    """Look for finished-episode metrics that stand still while steps go on."""
    counters = [one for one in signals.select(Quantity.EPISODE_COUNT, axis=Axis.ENV_STEP) if _counts(one)]
    lengths = [
        one
        for one in signals.select(Quantity.EPISODE_LENGTH, role=(Role.TRAIN, Role.NONE))
        if one.meaning.axis is Axis.ENV_STEP and one.meaning.statistic in (Statistic.MEAN, Statistic.VALUE)
    ]
    mean_return = signals.first(Quantity.EPISODIC_RETURN, role=Role.TRAIN, axis=Axis.ENV_STEP)
    unmeasured = [one for one in lengths if not np.isfinite(one.values).any()]
    lengths = [one for one in lengths if one not in unmeasured]
    if not counters and not lengths:
        return _never_measured(signals, max(unmeasured, key=len)) if unmeasured else META.not_applicable()
    for signal in counters:
        start = _tail(signal.values)
        if start is not None and _long(signal, start, lengths, _overdue(signals)):
            return _fire(signal, start, "the number of finished episodes stands still", _overdue(signals))
    for signal in lengths:
        start = _running(signal)
        if start is not None and signal.steps[-1] - signal.steps[start] > THRESHOLDS["steps"].value:
            return _fire(signal, start, "the running episode grows with every step")
        start = None if mean_return is None else _frozen_pair(signal, mean_return)
        if start is not None and _long(signal, start, lengths):
            most = signal.steps[-1] - signal.steps[start] >= THRESHOLDS["most"].value * np.ptp(signal.steps)
            return _fire(
                signal, start, "mean length and mean return repeat bit for bit", leak=_LEAK_OF_MOST if most else None
            )
    seen = counters + lengths
    return META.pass_(
        f"{seen[0].tag} moves to the end of the run ({len(seen[0])} points).", evidence=[one.ref() for one in seen]
    )


def _never_measured(signals: Signals, signal: Signal) -> Finding:
    """Judge a mean over finished episodes without a value: many environments may all be in their first episode."""
    environments = signals.config("n_envs", "num_envs") or sum(file.reader == "monitor" for file in signals.run.files)
    span = f"{signal.tag} was never a number to step {signal.steps[-1]} ({len(signal)} points)"
    if not environments:
        return META.inconclusive(f"{span}; how many environments shared these steps is not known.")
    each = float(signal.steps[-1]) / environments
    limit = THRESHOLDS["steps"].value
    said = f"{span}, {each:.0f} steps in each of {environments:.0f} environments against {limit:.0f}"
    if each <= limit or len(signal) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{said}: too few to say that no episode ends.")
    return META.fire(
        f"No episode is finished: {said}.",
        values={"steps": each, "points": len(signal)},
        evidence=[signal.ref()],
        onset=int(signal.steps[0]),
    )


def _fire(
    signal: Signal,
    start: int,
    why: str,
    overdue: float | None = None,
    leak: tuple[float, float] | None = None,
) -> Finding:
    span = int(signal.steps[-1] - signal.steps[start])
    onset = int(signal.steps[start])
    return META.fire(
        f"{signal.tag}: {why} from step {onset} to {signal.steps[-1]} ({len(signal) - start} points): {span} steps "
        f"against {THRESHOLDS['steps'].value if overdue is None else overdue:.0f}.",
        values={"steps": span, "points": len(signal) - start, "value": float(signal.values[start])},
        evidence=[signal.ref(start, -1)],
        figure=figure("Finished episodes", [signal], onset=onset),
        onset=onset,
        leak=leak if overdue is None else _LEAK_BEYOND_LIMIT,
    )


def _counts(signal: Signal) -> bool:
    """Whether this is a running total (a number of episodes per iteration stands still by itself)."""
    steps = np.diff(signal.values)
    return len(steps) > 0 and bool((steps >= 0).all()) and bool((signal.values[-1] == 0) or (steps > 0).sum() >= 3)


def _tail(values: Array) -> int | None:
    """Return where the constant tail of at least ten points begins, or None."""
    changes = np.flatnonzero(values[1:] != values[:-1])
    start = int(changes[-1]) + 1 if len(changes) else 0
    return start if len(values) - start >= THRESHOLDS["points"].value else None


def _overdue(signals: Signals) -> float | None:
    """Return the steps by which a configured time limit must have ended an episode, or None."""
    limit = signals.config(*LIMIT_KEYS)
    environments = signals.config("n_envs", "num_envs") or 1.0
    return None if not limit else THRESHOLDS["limits"].value * limit * environments


def _long(signal: Signal, start: int, lengths: list[Signal], overdue: float | None = None) -> bool:
    """Whether a tail is longer than any episode; than `overdue` steps, where a time limit is configured."""
    longest = max((float(np.nanmax(one.values)) for one in lengths if np.isfinite(one.values).any()), default=0.0)
    share = THRESHOLDS["share"].value * float(signal.steps[-1] - signal.steps[0])
    least = THRESHOLDS["steps"].value if overdue is None else overdue
    limit = max(least, THRESHOLDS["lengths"].value * longest, share)
    return bool(signal.steps[-1] - signal.steps[start] > limit)


def _frozen_pair(length: Signal, mean_return: Signal) -> int | None:
    """Return where length and return both stand still to the end, if the length is no whole number."""
    steps, (own, paired) = join(length, mean_return)
    if len(steps) < 2 * THRESHOLDS["points"].value:
        return None
    start, other = _tail(own), _tail(paired)
    if start is None or other is None or max(start, other) >= len(own) or float(own[-1]).is_integer():
        return None
    return int(np.searchsorted(length.steps, steps[max(start, other)]))


def _running(signal: Signal) -> int | None:
    """Return where a length that grows by exactly the steps taken begins to do so to the end, or None."""
    growing = np.diff(signal.values) == np.diff(signal.steps)
    resets = np.flatnonzero(~growing)
    start = int(resets[-1]) + 1 if len(resets) else 0
    return start if len(signal) - start >= THRESHOLDS["points"].value else None
