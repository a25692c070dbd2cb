"""The return falls from the start to the end, and never was better than at the start.

Observes: P(later > earlier) of the last fifth and of the best fifth of the return against its first tenth, and the rank
trend of the block means.

Why it matters: an agent that learns nothing stays where chance put it. One that gets steadily worse is taught
something: to avoid what pays.

Evidence: at least ten points of a mean or per-episode return, all roles of which must agree.

How it can be wrong: a curriculum that grows harder; a penalty for effort that is learned before the task is; a policy
that goes to a bound and stays there; random actions at first that happen to do well.

References: McGraw and Wong 1992, "A common language effect size statistic"; the fault catalogue's wrong-loss-sign ("the
value of the policy and the return fall together from the first updates").
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.episodes.course import Course, course, returns, superiority
from forensics.detectors.episodes.progress import other_progress
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="EPS109",
    name="return-falls",
    fired="The return falls from its start",
    clear="The return does not fall from its start",
    group="return-fall",
    needs=("episodic return of at least ten points",),
    leak=(4, 100),
    leak_reason="random actions do well on some tasks, and harder levels pay less; both are seldom steady",
    how_to_log='writer.add_scalar("rollout/ep_rew_mean", mean_return, env_step)',
)
THRESHOLDS = {
    "superiority": Threshold(0.1, "probability", "the mirror image of return-rises: McGraw and Wong 1992"),
    "best": Threshold(0.76, "probability", "as for return-never-rises: no better at any time, Cohen's d below 1"),
    "trend": Threshold(-0.6, "rank correlation", "the mirror image of return-rises"),
}


def detect(signals: Signals) -> Finding:
    """Compare the last fifth and the best fifth with the first tenth, of every role."""
    courses = [found for found in map(course, returns(signals)) if found is not None]
    if not courses:
        return META.not_applicable()
    shown = max(courses, key=lambda found: len(found.values))
    end = superiority(shown.end, shown.start)
    values: dict[str, Number] = {
        "start": float(np.median(shown.start)),
        "end": float(np.median(shown.end)),
        "superiority": end,
        "trend": shown.trend,
        "tag": shown.signal.tag,
    }
    sentence = (
        f"{shown.signal.tag} goes from {values['start']:.4g} (median of the first tenth) to {values['end']:.4g} (last "
        f"fifth) from step {shown.steps[0]} to {shown.steps[-1]} ({len(shown.values)} points): P(later > earlier) "
        f"{end:.2f} against {THRESHOLDS['superiority'].value:g}, rank trend {shown.trend:.2f} against "
        f"{THRESHOLDS['trend'].value:g}."
    )
    evidence = [one.signal.ref() for one in courses]
    if not all(map(_falls, courses)):
        return META.pass_(sentence, values=values, evidence=evidence)
    harder = other_progress(signals)
    if harder is not None:
        return META.inconclusive(f"{sentence} But {harder.tag} rises.", values=values, evidence=evidence)
    return META.fire(
        sentence,
        values=values,
        evidence=evidence,
        figure=figure("Return", [shown.signal]),
        onset=int(shown.steps[0]),
    )


def _falls(found: Course) -> bool:
    never_better = superiority(found.best, found.start) < THRESHOLDS["best"].value
    lower = superiority(found.end, found.start) <= THRESHOLDS["superiority"].value
    return never_better and lower and found.trend <= THRESHOLDS["trend"].value
