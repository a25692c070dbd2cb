"""Transitions that end at a time limit are stored as terminal.

Observes: how many terminal transitions the sampled batches hold, against how many they should hold if the replay
buffer counted (a) the episodes that ended before the time limit, or (b) those that ran to it as well.

Why it matters: where a limit is stored as an end, the target drops the value of a state in which nothing ended, and
the values of ordinary states become a mixture.

Evidence: the share of done flags in batches drawn uniformly from the replay buffer, the length of every training
episode, and the limit: configured, or a longest length that many episodes share.

How it can be wrong: prioritised replay draws ends more often, and a return of n steps meets an end n times as often:
where either is configured, nothing is said. Done flags of a batch of the newest transitions only (on-policy) follow
another count, and then neither fits. A task that truly ends at its
limit (the step count is observed) stores it as terminal by right.

References: Pardo et al. 2018, Time Limits in Reinforcement Learning (arXiv 1712.00378).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from forensics.detectors.data.replay_small import BATCH_KEYS
from forensics.detectors.meta import Meta
from forensics.model.evidence import Ints
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="DAT109",
    name="done-share-of-time-limit",
    fired="Time limits are stored as terminal",
    clear="Time limits are not stored as terminal",
    group="termination",
    needs=("share of done flags at ten points", "length of every training episode", "time limit", "batch size"),
    leak=(1, 300),
    leak_reason="a count that fits one reading and not the other by five standard deviations; tasks that end at their "
    "limit by right, with the time in the observation, are rare",
    how_to_log='writer.add_scalar("replay/done_share", batch.dones.float().mean(), env_step)',
)
THRESHOLDS = {
    "apart": Threshold(5.0, "standard deviations", "the two counts must differ by more than chance would allow"),
    "fits": Threshold(
        3.0, "standard deviations", "of a Poisson count, with a tenth of the count for what is not known"
    ),
    "complete": Threshold(0.9, "share of the steps", "the episodes that are logged must make up the run"),
    "shared": Threshold(5, "episodes of the longest length", "five episodes do not end at one step by chance"),
    "points": Threshold(10, "points", "the least from which a share can be told"),
}
LIMIT_KEYS = ("max_episode_steps", "time_limit", "max_ep_len", "max_episode_length", "episode_length", "max_steps")

_OFF = ("", "false", "no", "none", "null", "0", "0.0")
N_STEP_KEYS = ("n_step", "n_steps", "nstep", "multi_step", "n_step_returns")


@dataclass(frozen=True)
class _Counts:
    """Terminal transitions in all logged batches: seen, and expected without and with time limits."""

    seen: float
    without: float
    with_limit: float

    def fits(self, expected: float) -> bool:
        """Whether the count seen may be this one, by chance and a tenth for what is not known."""
        return abs(self.seen - expected) <= THRESHOLDS["fits"].value * math.sqrt(expected + 1.0) + 0.1 * expected

    @property
    def are_apart(self) -> bool:
        """Whether the two counts differ by more than chance."""
        return self.with_limit - self.without > THRESHOLDS["apart"].value * math.sqrt(self.with_limit + 1.0)


def detect(signals: Signals) -> Finding:
    """Count the terminal transitions that were sampled against both readings."""
    share = signals.first(Quantity.DONE_SHARE)
    if share is None or np.isfinite(share.values).sum() < THRESHOLDS["points"].value:
        return META.not_applicable(META.needs[0])
    length = signals.first(
        Quantity.EPISODE_LENGTH, role=Role.TRAIN, statistic=(Statistic.MEAN, Statistic.VALUE), axis=Axis.ENV_STEP
    )
    if length is None or share.meaning.axis is not Axis.ENV_STEP or not _is_complete(length):
        return META.not_applicable(META.needs[1])
    limit, batch = _limit(signals, length), signals.config(*BATCH_KEYS)
    if limit is None or not batch:
        return META.not_applicable(META.needs[2] if limit is None else META.needs[3])
    if (signals.config(*N_STEP_KEYS) or 1.0) > 1.0 or _is_prioritised(signals):
        return META.inconclusive("Returns of several steps, or prioritised replay, meet ends more often than they are.")
    counts = _counts(signals, share, length, limit, batch)
    values: dict[str, Number] = {
        "seen": counts.seen,
        "expected_without": counts.without,
        "expected_with": counts.with_limit,
        "limit": limit,
    }
    evidence = [share.ref(), length.ref()]
    statement = (
        f"{share.tag} counts {counts.seen:.0f} terminal transitions from step {share.steps[0]} to {share.steps[-1]} "
        f"({len(share)} points): {counts.with_limit:.0f} if those at the limit of {limit:g} steps are counted, "
        f"{counts.without:.0f} if not."
    )
    if not counts.are_apart or counts.fits(counts.with_limit) == counts.fits(counts.without):
        return META.inconclusive(statement, values=values, evidence=evidence)
    if counts.fits(counts.without):
        return META.pass_(statement, values=values, evidence=evidence)
    shown = figure("Share of terminal transitions", [share])
    return META.fire(statement, values=values, evidence=evidence, figure=shown, onset=int(share.steps[0]))


def _is_prioritised(signals: Signals) -> bool:
    """Whether the configuration asks for prioritised replay."""
    return any("priorit" in row.key.lower() and str(row.value).lower() not in _OFF for row in signals.run.config)


def _is_complete(length: Signal) -> bool:
    """Whether each episode of the run has its own point, at the step where it ended."""
    gaps = np.diff(length.steps)
    same = float(np.mean(gaps == length.values[1:])) if len(gaps) >= THRESHOLDS["points"].value else 0.0
    return same >= THRESHOLDS["complete"].value


def _limit(signals: Signals, length: Signal) -> float | None:
    """Return the configured limit, or the longest length where many episodes share it."""
    longest = float(length.values.max())
    configured = signals.config(*LIMIT_KEYS)
    if configured is not None and longest <= configured:
        return configured
    at_it = int(np.count_nonzero(length.values == longest))
    return longest if at_it >= THRESHOLDS["shared"].value else None


def _counts(signals: Signals, share: Signal, length: Signal, limit: float, batch: float) -> _Counts:
    keep = np.isfinite(share.values)
    steps, values = share.steps[keep], share.values[keep]
    held = _held(signals, steps)
    early = length.steps[length.values < limit]
    return _Counts(
        seen=float(values.sum() * batch),
        without=float((_within(early, steps, held) / held).sum() * batch),
        with_limit=float((_within(length.steps, steps, held) / held).sum() * batch),
    )


def _held(signals: Signals, steps: Ints) -> Array:
    """Return how many transitions the buffer held at each step: as logged, else all of them."""
    logged = signals.first(Quantity.BUFFER_SIZE, axis=Axis.ENV_STEP)
    if logged is None or not np.isin(steps, logged.steps).all():
        return np.maximum(steps, 1).astype(np.float64)
    at = np.searchsorted(logged.steps, steps)
    return np.maximum(logged.values[at], 1.0)


def _within(ends: Ints, steps: Ints, held: Array) -> Array:
    """Return how many of the ends lie among the transitions held at each step."""
    newest = np.searchsorted(ends, steps, side="right")
    oldest = np.searchsorted(ends, steps - held, side="right")
    return (newest - oldest).astype(np.float64)
