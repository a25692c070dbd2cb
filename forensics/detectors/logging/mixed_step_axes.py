"""Tags of one log count different things in their step.

Observes: tags whose step is the episode number beside tags whose step advances at another rate over the same wall
clock time.

Why it matters: every tool draws them over one axis. The episode number then passes for the length of the run, and a
merge by step joins numbers that never belonged together.

Evidence: at least one tag on the episode axis and one on another, written to the same kind of file, five points each.

How it can be wrong: an axis that only a name claims may be another; so a claimed axis must also advance at another
rate. A framework that logs everything on one axis does not fire, whatever that axis counts.

References: TensorBoard's documentation of add_scalar (global_step is whatever the caller counts); the fault
catalogue's mixed-step-axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Axis
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOG101",
    name="mixed-step-axes",
    fired="Step axes are mixed",
    clear="All tags share one step axis",
    group="step-axis",
    needs=("two tags of one log, five points each",),
    leak=(1, 300),
    leak_reason="Needs an episode axis and a second rate in one log; curves themselves are unharmed by it.",
    how_to_log='writer.add_scalar("train/episode_reward", episode_return, env_step)  # not the episode number',
)
THRESHOLDS = {
    "rate": Threshold(
        3.0, "times", "an episode of one or two steps does not occur in training; unfinished ones cost under a factor 2"
    ),
    "points": Threshold(5, "points", "the least from which a rate can be told"),
}


def detect(signals: Signals) -> Finding:
    """Compare the rate of the episode axis with that of the other tags of the same source."""
    known = [one for one in signals.signals if len(one) >= THRESHOLDS["points"].value and not one.numbers_records]
    sources = {one.series.source for one in known}
    groups = [[one for one in known if one.series.source == source] for source in sorted(sources)]
    if not any(len(group) > 1 for group in groups):
        return META.not_applicable()
    for group in groups:
        episodes = [one for one in group if one.meaning.axis is Axis.EPISODE]
        others = [one for one in group if one.meaning.axis in (Axis.ENV_STEP, Axis.UPDATE, Axis.UNKNOWN)]
        other = max(others, key=_last, default=None)
        if other is None:
            continue
        apart = [one for one in episodes if _rate(one, other) >= THRESHOLDS["rate"].value]
        if apart:
            return _fire(apart, other, sum(_rate(apart[0], one) >= THRESHOLDS["rate"].value for one in others))
    seen = max(known, key=len)
    return META.pass_(
        f"No tag steps by episodes beside {seen.tag} (to step {seen.steps[-1]}, {len(seen)} points).",
        evidence=[seen.ref()],
    )


def _fire(episodes: Sequence[Signal], other: Signal, others: int) -> Finding:
    shown = max(episodes, key=len)
    rate = _rate(shown, other)
    axis = "environment steps" if other.meaning.axis is Axis.ENV_STEP else "another count"
    return META.fire(
        f"{len(episodes)} tags step by episodes ({shown.tag} to step {_last(shown)}, {len(shown)} points) beside "
        f"{others} tags on {axis} ({other.tag} to step {_last(other)}, {len(other)} points): "
        f"{rate:.3g} steps pass on the one for each on the other, against {THRESHOLDS['rate'].value:g}.",
        values={
            "episode_tags": len(episodes),
            "other_tags": others,
            "last_episode": _last(shown),
            "last_step": _last(other),
            "rate": rate,
        },
        evidence=[one.ref() for one in (*episodes[:5], other)],
        figure=figure("A tag that steps by episodes", [shown]),
        onset=0,
    )


def _last(signal: Signal) -> int:
    return int(signal.steps.max())


def _rate(episode: Signal, other: Signal) -> float:
    """Return how many steps the other tag makes for one episode, over the wall-clock time that both cover."""
    start, end = max(episode.walls.min(), other.walls.min()), min(episode.walls.max(), other.walls.max())
    if not end > start:
        return _last(other) / max(_last(episode), 1)
    return _made(other, start, end) / max(_made(episode, start, end), 1.0)


def _made(signal: Signal, start: float, end: float) -> float:
    order = np.argsort(signal.walls, kind="stable")
    ends = np.interp([start, end], signal.walls[order], signal.steps[order].astype(np.float64))
    return float(ends[1] - ends[0])
