"""The return at the end is no better than in its first tenth, and never was in between.

Observes: P(later > earlier) of the best fifth and of the last fifth of the return against its first tenth, and the
rank trend of the block means.

Why it matters: a run that gained nothing has a fault, a task beyond the agent, or too little time; it is an outcome
that a mechanism has to explain.

Evidence: at least fifteen points of the return, with some variation, over at least 5,000 updates (or, where updates
are not counted, 10,000 environment steps of an agent with Q values and 100,000 of any other).

How it can be wrong: an agent that was solved from the start (a warm start, a return at its cap) is flat as well, so
a return without variation and a run that starts from a checkpoint are left open; a hard task can stay flat for
longer than the run lasted; exploration noise may solve a task that the policy learns only later, so an evaluation
that rises at the end leaves the question open; so does a rating, a success rate or the level of a curriculum that
rises, as the return against equal opponents or on harder tasks cannot.

References: McGraw and Wong 1992 (common language effect size); Cohen 1988 for the sizes of effects; the
fault catalogue's never-learned, and its warning about late bloomers.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.episodes.course import LEVELS, Course, course, environment_step, returns, superiority
from forensics.detectors.episodes.progress import other_progress, risen_return
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.robust import finite, mad
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="EPS102",
    name="return-never-rises",
    fired="The return never rises above its start",
    clear="The return rises above its start at some time",
    group="return-course",
    needs=("episodic return of at least fifteen points",),
    leak=(3, 100),
    leak_reason="Healthy runs that started solved or stopped before a late rise; most are kept out by the abstentions.",
    how_to_log='writer.add_scalar("rollout/ep_rew_mean", mean_return, env_step)',
)
THRESHOLDS = {
    "best superiority": Threshold(
        0.76, "probability", "Cohen 1988, d = 1.0 (above 'large'), as P(later > earlier) by McGraw and Wong 1992"
    ),
    "end superiority": Threshold(
        0.64, "probability", "Cohen 1988, a medium effect (d = 0.5), as P(later > earlier) by McGraw and Wong 1992"
    ),
    "relative gain": Threshold(
        0.5, "spread of the whole series", "Cohen 1988: a medium effect, for window means whose points overlap"
    ),
    "risen": Threshold(0.9, "probability", "as for return-rises: P(later > earlier), McGraw and Wong 1992"),
    "risen gain": Threshold(1.0, "spread of the whole series", "Cohen 1988: more than a large effect"),
    "begun": Threshold(0.25, "share of the last count", "a run that begins there was resumed from a checkpoint"),
    "chance": Threshold(1.64, "standard errors", "the one-sided 5 % level of the rank-sum test"),
    "trend": Threshold(0.3, "rank correlation", "Cohen 1988: a medium correlation"),
    "lift": Threshold(1.0, "robust sd", "a standard deviation above the very best of the first half"),
    "points": Threshold(
        15, "points", "three points at the start and three in the last fifth are the least for a median"
    ),
    "updates": Threshold(
        5e3, "updates", "SB3 solves its shortest benchmark, the pendulum, in 5,000 off-policy updates (measured)"
    ),
    "off-policy steps": Threshold(
        1e4, "environment steps", "TD3 and DDPG explore at random for 1e4 steps by default (Fujimoto 2018, appendix C)"
    ),
    "steps": Threshold(1e5, "environment steps", "rl-zoo3 trains PPO for at least 1e5 steps on classic control"),
}


def detect(signals: Signals) -> Finding:
    """Compare the best fifth and the last fifth of the return with its first tenth."""
    longest = max(
        (found for found in map(course, returns(signals)) if found), key=lambda c: len(c.values), default=None
    )
    if longest is None or len(longest.values) < THRESHOLDS["points"].value:
        return META.not_applicable()
    reason = _too_little(signals, longest)
    if reason:
        return META.inconclusive(f"{longest.signal.tag}: {reason}.", evidence=[longest.signal.ref()])
    best, end = superiority(longest.best, longest.start), superiority(longest.end, longest.start)
    gain = _gain(longest)
    values: dict[str, Number] = {
        "start": float(np.median(longest.start)),
        "end": float(np.median(longest.end)),
        "best": float(np.median(longest.best)),
        "best_superiority": best,
        "end_superiority": end,
        "gain": gain,
        "trend": longest.trend,
        "tag": longest.signal.tag,
    }
    sentence = (
        f"{longest.signal.tag} starts at {values['start']:.4g}, is at best {values['best']:.4g} and ends at "
        f"{values['end']:.4g} from step {longest.steps[0]} to {longest.steps[-1]} ({len(longest.values)} points): "
        f"P(best fifth > first tenth) {best:.2f} against {THRESHOLDS['best superiority'].value:g}, "
        f"P(last fifth > first tenth) {end:.2f} against {THRESHOLDS['end superiority'].value:g}."
    )
    evidence = [longest.signal.ref()]
    flat = longest.trend < THRESHOLDS["trend"].value and end < _limit("end superiority", longest.end, longest.start)
    low = best < _limit("best superiority", longest.best, longest.start) or gain < THRESHOLDS["relative gain"].value
    lifted = _lifted(signals, longest)
    if flat and low and lifted is not None:
        return META.inconclusive(
            f"{sentence} But {lifted.tag} rises at the end, to {lifted.values[-1]:.4g}.",
            values=values,
            evidence=[*evidence, lifted.ref()],
        )
    harder = other_progress(signals) or risen_return(signals)
    if flat and low and harder is not None:
        return META.inconclusive(
            f"{sentence} But {harder.tag} rises, to {harder.values[-1]:.4g}.",
            values=values,
            evidence=[*evidence, harder.ref()],
        )
    if flat and low and _resumed(signals, longest):
        return META.inconclusive(
            f"{sentence} But the run begins late: what was learned before is not in it.",
            values=values,
            evidence=evidence,
        )
    if flat and low:
        return META.fire(
            sentence,
            values=values,
            evidence=evidence,
            figure=figure("Return", [longest.signal]),
            onset=environment_step(signals, longest.signal, int(longest.steps[0])),
        )
    risen = max(best, end) >= THRESHOLDS["risen"].value and gain >= THRESHOLDS["risen gain"].value
    if flat or low or not risen:
        return META.inconclusive(sentence, values=values, evidence=evidence)
    return META.pass_(sentence, values=values, evidence=evidence)


def _limit(name: str, later: Array, earlier: Array) -> float:
    """Return the threshold, or what chance alone reaches in one of twenty comparisons of so few points, if higher."""
    few, many = len(later), len(earlier)
    error = float(np.sqrt((few + many + 1) / (12 * few * many)))  # of the rank-sum statistic (Mann and Whitney 1947)
    return max(THRESHOLDS[name].value, 0.5 + THRESHOLDS["chance"].value * error)


def _lifted(signals: Signals, found: Course) -> Signal | None:
    """Return a return whose last tenth stands clearly above its whole first half, or None: a late bloomer.

    Exploration noise can solve a task from the start and hide in the training return what the policy learns, so
    evaluations are looked at as well.
    """
    evaluations = signals.select(Quantity.EPISODIC_RETURN, role=Role.EVALUATION, statistic=LEVELS)
    for one in (found.signal, *evaluations):
        values = finite(one.values)
        if len(values) < 6:
            continue
        last = values[-max(2, len(values) // 10) :]
        above = float(np.quantile(last, 0.25) - values[: len(values) // 2].max())
        if above > THRESHOLDS["lift"].value * mad(values) and above > 0:
            return one
    return None


def _gain(found: Course) -> float:
    """Return the gain of the best fifth over the start, in robust standard deviations of the whole series."""
    spread = mad(found.values)
    return float((np.median(found.best) - np.median(found.start)) / spread) if spread > 0 else 0.0


def _too_little(signals: Signals, found: Course) -> str:
    """Say why nothing can be concluded from this course, or return an empty string."""
    if mad(found.start) == 0 or mad(found.values) == 0:
        return "the return does not vary, so a solved agent and an unlearned one look alike"
    if found.signal.meaning.axis is Axis.EPOCH:
        return "its axis counts epochs, so the experience behind it is not known"
    steps, updates = signals.number("env_steps"), _updates(signals, found)
    off_policy = bool(signals.select(Quantity.Q_VALUE))
    enough = THRESHOLDS["off-policy steps" if off_policy else "steps"].value
    if updates is not None and off_policy and updates < THRESHOLDS["updates"].value:
        return f"{updates:.0f} updates are too few to say that nothing was learned"
    if (updates is None or not off_policy) and (steps is None or steps < enough):
        if steps is None:
            return "environment steps are not counted, so the experience behind it is not known"
        return f"{steps:.0f} environment steps are too few to say that nothing was learned"
    return ""


def _resumed(signals: Signals, found: Course) -> bool:
    """Whether the run seems to begin late: by its update counter where there is one, else by its first step."""
    counter = signals.first(Quantity.UPDATE_COUNT)
    if counter is not None:
        return bool(counter.values[0] > THRESHOLDS["begun"].value * counter.values[-1])
    on_steps = found.signal.meaning.axis is Axis.ENV_STEP
    return on_steps and bool(found.steps[0] > THRESHOLDS["begun"].value * found.steps[-1])


def _updates(signals: Signals, found: Course) -> float | None:
    """Return the updates made up to the last finite return, or None where they were not counted."""
    updates, rate = signals.number("updates"), signals.number("updates_per_step")
    if updates is None or rate is None or found.signal.meaning.axis is not Axis.ENV_STEP:
        return updates
    return min(updates, rate * (float(found.steps[-1]) - (signals.number("learning_starts") or 0.0)))
