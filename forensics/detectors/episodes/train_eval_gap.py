"""Evaluation returns lie far below the training returns of the same time.

Observes: at each evaluation of the second half of a run whose training return rises, the median of the training
returns around its step, their robust standard deviation, and how far the evaluation lies below.

Why it matters: an evaluation environment that differs (frame skip, normalisation, reward, noise) reports another
task than the one that was trained; model selection then goes by the wrong number.

Evidence: at least three evaluations in the second half of at least twenty training returns on the same axis.

How it can be wrong: a deterministic policy may truly do worse than the sampled one early on; a window mean spreads
less than single episodes, so its spread is widened by the square root of its window. An evaluation above training
is normal (no exploration noise) and does not fire. Exploration noise can solve a task that the policy has not
learned: so nothing is said before the training return has risen.

References: fault catalogue, train-eval-mismatch (3 robust standard deviations); SB3's default window of 100 episodes
(stable_baselines3.common.base_class, stats_window_size).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.episodes.course import LEVELS, course, superiority
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Aggregation, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.robust import mad
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="EPS105",
    name="train-eval-gap",
    fired="Evaluation lies far below training",
    clear="Evaluation agrees with training",
    group="evaluation-gap",
    needs=("at least three evaluation returns", "training returns on the same axis"),
    leak=(4, 100),
    leak_reason="Deterministic evaluation of a stochastic policy can be worse early on; most such gaps close.",
    how_to_log='writer.add_scalar("eval/mean_reward", mean_return, env_step)',
)
THRESHOLDS = {
    "gap": Threshold(3.0, "robust sd of training returns", "fault catalogue, train-eval-mismatch"),
    "range": Threshold(0.25, "share of the range of training returns", "a gap below a quarter of the range is small"),
    "share": Threshold(0.6, "share of evaluations", "most of them, so that one bad evaluation does not count"),
    "risen": Threshold(0.9, "probability", "as for return-rises: P(later > earlier), McGraw and Wong 1992"),
    "window": Threshold(100, "episodes", "SB3, stats_window_size: the default window of rollout means"),
}


def detect(signals: Signals) -> Finding:
    """Compare each evaluation with the training returns around it."""
    evaluation = signals.first(Quantity.EPISODIC_RETURN, role=Role.EVALUATION, statistic=LEVELS)
    training = signals.first(Quantity.EPISODIC_RETURN, role=Role.TRAIN, statistic=LEVELS)
    if evaluation is None or training is None or evaluation.meaning.axis is not training.meaning.axis:
        return META.not_applicable()
    learned = course(training)
    if learned is None:
        return META.not_applicable("ten training returns")
    if superiority(learned.end, learned.start) < THRESHOLDS["risen"].value:
        return META.inconclusive(
            f"{training.tag} does not rise, so exploration alone may set it apart from {evaluation.tag}.",
            evidence=[evaluation.ref(), training.ref()],
        )
    rows = [row for row in _gaps(evaluation, training) if row[0] > learned.steps[len(learned.steps) // 2]]
    if len(rows) < 3:
        return META.not_applicable("three evaluations in the second half of the training returns")
    gaps = np.array(rows)
    finite = training.values[np.isfinite(training.values)]
    reach = THRESHOLDS["range"].value * float(np.ptp(np.quantile(finite, [0.05, 0.95])))
    far = (gaps[:, 1] > THRESHOLDS["gap"].value * gaps[:, 2]) & (gaps[:, 1] > reach)
    share, gap = float(far.mean()), float(np.median(gaps[:, 1]))
    values: dict[str, Number] = {"evaluations": len(gaps), "share": share, "median_gap": gap}
    sentence = (
        f"{evaluation.tag} lies {gap:.4g} (median) below {training.tag} from step {gaps[0, 0]:.0f} to "
        f"{gaps[-1, 0]:.0f} ({len(gaps)} evaluations): beyond {THRESHOLDS['gap'].value:g} robust sd in {share:.0%} "
        f"against {THRESHOLDS['share'].value:.0%}."
    )
    evidence = [evaluation.ref(), training.ref()]
    if share >= THRESHOLDS["share"].value:
        onset = int(gaps[int(np.argmax(far)), 0])
        shown = figure("Evaluation and training return", [training, evaluation], onset=onset)
        return META.fire(sentence, values=values, evidence=evidence, figure=shown, onset=onset)
    return META.pass_(sentence, values=values, evidence=evidence)


def _gaps(evaluation: Signal, training: Signal) -> list[tuple[float, float, float]]:
    """Return step, training median minus evaluation, and robust sd of training, of each evaluation."""
    keep = np.isfinite(training.values)
    steps, returns = training.steps[keep], training.values[keep]
    if len(returns) < 20:
        return []
    half = max(5, len(returns) // 20)
    # One window mean spreads less than single episodes by the square root of the window.
    windowed = training.meaning.aggregation is Aggregation.WINDOW_MEAN
    widen = float(np.sqrt(THRESHOLDS["window"].value)) if windowed else 1.0
    rows = []
    for step, value in zip(evaluation.steps.tolist(), evaluation.values.tolist(), strict=True):
        at = int(np.searchsorted(steps, step))
        if not np.isfinite(value) or not steps[0] <= step <= steps[-1]:
            continue
        near = returns[max(0, at - half) : at + half]
        local = mad(near - np.linspace(near[0], near[-1], len(near)))
        rows.append((float(step), float(np.median(near)) - value, widen * local))
    return rows
