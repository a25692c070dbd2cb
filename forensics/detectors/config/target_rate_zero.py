"""The target network is configured never to move.

Observes: tau of 0 (or polyak of 1) in the configuration; or copies of the target so far apart that the run ended before
the first of them.

Why it matters: the critic is then fitted to the values of its own initial weights, and learns nothing about returns.

Evidence: a configured tau, polyak or interval between copies.

How it can be wrong: a method without target networks that keeps the key; SpinningUp's polyak counts the other way
round (0.995 keeps the old). An interval may count something else than the steps that are logged (frames, the steps of
all environments): where the return rises, the target was hardly still, and the interval weighs less.

References: Lillicrap 2016 (arXiv 1509.02971, tau 1e-3); fault catalogue, target-network-frozen.
"""

from __future__ import annotations

from forensics.detectors.config.lookup import numbers, place
from forensics.detectors.config.target_rate import INTERVALS, target_rate
from forensics.detectors.episodes.return_rises import learned_its_task
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="CFG105",
    name="target-rate-zero",
    fired="The target network is configured never to move",
    clear="The target network is configured to move",
    group="target-rate",
    needs=("configured tau, polyak or interval between copies of the target",),
    leak=(1, 1000),
    leak_reason="No method with target networks works with a rate of 0.",
    how_to_log="tau: 0.005",
)
THRESHOLDS = {
    "frozen": Threshold(1e-5, "tau", "a time constant of 1e5 updates: longer than most runs"),
    "interval": Threshold(
        1e5, "steps", "the same for whole copies, ten times the longest usual one; and none was made"
    ),
}

LEAK_OF_LEARNED = (10.0, 100.0)  # an agent that learned its task had targets that moved, whatever the interval counts


def detect(signals: Signals) -> Finding:
    """Compare tau with 0."""
    rate = target_rate(signals)
    never = _never_copied(signals)
    if never is not None:
        return never
    if rate is None:
        return META.not_applicable()
    limit = THRESHOLDS["frozen"].value
    values: dict[str, Number] = {"tau": rate.tau, "key": rate.row.key}
    sentence = f"{rate.row.key} moves the target by {rate.tau:g} of the way each time: {rate.tau:g} against {limit:g}."
    answer = META.fire if rate.tau < limit else META.pass_
    return answer(sentence, values=values, evidence=[place(rate.row)])


def _never_copied(signals: Signals) -> Finding | None:
    """Fire where the first copy of the target was due beyond the end of the run, and beyond any usual interval."""
    made = max(signals.number("env_steps") or 0.0, signals.number("updates") or 0.0)
    for row, interval in numbers(signals, INTERVALS):
        if interval > max(made, THRESHOLDS["interval"].value) and made > 0:
            return META.fire(
                f"{row.key} copies the target every {interval:.0f} steps, and the run made {made:.0f}: {interval:.0f} "
                f"against {THRESHOLDS['interval'].value:.0f}.",
                values={"interval": interval, "key": row.key},
                evidence=[place(row)],
                leak=LEAK_OF_LEARNED if learned_its_task(signals) else None,
            )
    return None
