"""The return improves over the run, by a test that neither noise nor one lucky episode can pass.

Observes: the mean return of training or evaluation, its first tenth against its last fifth, and its rank trend.

Why it matters: a run that keeps improving has a working data path, loss and optimizer. The observation weighs
against every fault that would forbid learning.

Evidence: at least ten points of a mean or per-episode return.

How it can be wrong: an agent can improve in spite of a fault; an easier curriculum or a reward that grows by
itself (a schedule, a longer time limit) looks like learning.

References: McGraw and Wong 1992, "A common language effect size statistic"; Spearman 1904; Henderson 2018 and
Agarwal 2021 (arXiv 2108.13264) on why a single seed needs robust statistics.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.episodes.course import Course, course, returns, superiority
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="EPS107",
    name="return-rises",
    fired="The return improves over the run",
    clear="The return does not clearly improve",
    group="return-course",
    needs=("episodic return of at least ten points",),
    leak=(50, 100),
    leak_reason="Most healthy runs that are long enough improve; the finding is evidence of health, not an alarm.",
    how_to_log='writer.add_scalar("rollout/ep_rew_mean", mean_return, env_step)',
)
THRESHOLDS = {
    "superiority": Threshold(
        0.9, "probability", "McGraw and Wong 1992: P(later > earlier); 0.9 is a standardised difference of 1.8"
    ),
    "chance": Threshold(2.33, "standard errors", "the one-sided 1 % level of a rank correlation of few blocks"),
    "trend": Threshold(
        0.6, "rank correlation", "above a large correlation (Cohen 1988: 0.5); one late jump of noise stays below"
    ),
}

MOST = 0.5  # share of the return's size; planted rewards in thousands a step gained a fifth to a third (measured)


def detect(signals: Signals) -> Finding:
    """Compare the last fifth of the return with its first tenth."""
    best = _best(signals)
    if best is None:
        return META.not_applicable()
    odds, least = superiority(best.end, best.start), _least(best)
    start, end = float(np.median(best.start)), float(np.median(best.end))
    values: dict[str, Number] = {
        "start": start,
        "end": end,
        "superiority": odds,
        "trend": best.trend,
        "points": len(best.values),
    }
    sentence = (
        f"{best.signal.tag} goes from {start:.4g} (median of the first tenth) to {end:.4g} (last fifth) from step "
        f"{best.steps[0]} to {best.steps[-1]} ({len(best.values)} points): P(later > earlier) {odds:.2f} against "
        f"{THRESHOLDS['superiority'].value:g}, rank trend {best.trend:.2f} against {least:.2g}."
    )
    evidence = [best.signal.ref()]
    if odds >= THRESHOLDS["superiority"].value and best.trend >= least:
        return META.fire(
            sentence,
            values={**values, "tag": best.signal.tag},
            evidence=evidence,
            figure=figure("Return", [best.signal]),
            onset=int(best.steps[0]),
        )
    return META.pass_(sentence, values={**values, "tag": best.signal.tag}, evidence=evidence)


def learned_its_task(signals: Signals) -> bool:
    """Whether a return clearly improves, and by most of its size: not a first step of learning but much of it."""
    best = _best(signals)
    if best is None or not _is_higher(best) or best.trend < _least(best):
        return False
    start, end = float(np.median(best.start)), float(np.median(best.end))
    return end - start >= MOST * max(abs(start), abs(end))


def _best(signals: Signals) -> Course | None:
    courses = [found for found in map(course, returns(signals)) if found is not None]
    return max(courses, key=lambda found: (_is_higher(found), found.trend), default=None)


def _least(found: Course) -> float:
    """Return the least trend: the standard error without one is 1 / sqrt(n - 1) (Kendall and Gibbons 1990)."""
    return max(THRESHOLDS["trend"].value, THRESHOLDS["chance"].value / float(np.sqrt(len(found.blocks) - 1)))


def _is_higher(found: Course) -> bool:
    return superiority(found.end, found.start) >= THRESHOLDS["superiority"].value
