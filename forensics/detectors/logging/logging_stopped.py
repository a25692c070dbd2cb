"""A sink, or all training numbers of one, stops while others go on.

Observes: the last step of each source, and of the loss and gradient tags of a source, against the last step of the
run; and the last step of all of them against the steps that a text log tells, where these reach the planned number.

Why it matters: the run went on unseen; its end is not what the curves show.

Evidence: two sources, or training and environment tags of one source, on environment steps.

How it can be wrong: a sink may be closed on purpose after a phase; a tag that is logged by events has no end.

References: fault catalogue, logging-frozen.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.run.planned import planned_and_last
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOG108",
    name="logging-stopped",
    fired="Some logging stopped before the run",
    clear="All logging reaches the end of the run",
    group="run-end",
    needs=("two groups of at least ten records on environment steps",),
    leak=(2, 100),
    leak_reason="A sink that is closed on purpose is rare.",
    how_to_log="writer.flush()",
)
THRESHOLDS = {
    "reached": Threshold(0.8, "share of the run", "a fifth of the run unseen is no late flush"),
    "points": Threshold(10, "records", "the others go on for at least ten records after"),
    "lines": Threshold(2, "lines", "a text log tells its step seldom; one alone may be a summary"),
}
_LEAK_TOLD = (1.0, 300.0)  # the run is told to its planned end, and not one number of its last fifth is there
TRAINING = (Quantity.LOSS, Quantity.Q_VALUE, Quantity.GRADIENT_NORM, Quantity.TD_ERROR)


def detect(signals: Signals) -> Finding:
    """Compare the ends of sinks and of training tags with the end of the run."""
    on_steps = [
        one
        for one in signals.signals
        if len(one) >= THRESHOLDS["points"].value
        and one.meaning.axis is Axis.ENV_STEP
        and one.meaning.role is not Role.EVALUATION
        and one.meaning.quantity is not Quantity.ALERT
    ]
    told = _told_later(signals)
    if told is not None:
        return told
    groups = _groups(on_steps)
    if len(groups) < 2:
        return META.not_applicable()
    last = max(_end(group) for group in groups.values())
    name, group = min(groups.items(), key=lambda item: _end(item[1]))
    end = _end(group)
    longest = max((one for held in groups.values() for one in held), key=lambda one: int((one.steps > end).sum()))
    after = int((longest.steps > end).sum())
    values: dict[str, Number] = {"group": name, "tags": len(group), "last_step": end, "run_step": last}
    sentence = (
        f"{name} ({len(group)} tags) reaches step {end} of {last}: {end / max(last, 1):.2f} against "
        f"{THRESHOLDS['reached'].value:g}; {longest.tag} goes on for {after} points."
    )
    if end < THRESHOLDS["reached"].value * last and after >= THRESHOLDS["points"].value:
        shown = figure("Where the logging stopped", [max(group, key=len)], onset=end)
        return META.fire(sentence, values=values, evidence=[group[0].ref(), longest.ref()], figure=shown, onset=end)
    return META.pass_(sentence, values=values)


def _told_later(signals: Signals) -> Finding | None:
    """Fire where a text log goes on to the planned end after every number has stopped; else None.

    A step in a text may count anything: only one that comes near the planned number counts what the plan does.
    """
    plan = planned_and_last(signals)
    if plan is None or plan[2] != "steps":
        return None
    planned, end, _ = plan
    later = [record for record in signals.run.logs if record.step is not None and end < record.step <= 1.05 * planned]
    last = max((record.step or 0 for record in later), default=0)
    stopped = end < THRESHOLDS["reached"].value * last and last >= THRESHOLDS["reached"].value * planned
    if not stopped or len(later) < THRESHOLDS["lines"].value:
        return None
    return META.fire(
        f"The numbers of the run reach step {end:.0f}, and {later[-1].file} goes on to step {last} of {planned:.0f} "
        f"planned ({len(later)} lines): {end / last:.2f} against {THRESHOLDS['reached'].value:g}.",
        values={"group": "all numbers", "last_step": end, "run_step": last},
        evidence=[later[0].ref(), later[-1].ref()],
        onset=int(end),
        leak=_LEAK_TOLD,
    )


def _groups(signals: list[Signal]) -> dict[str, list[Signal]]:
    """Return the signals by source, the training numbers of each apart from the rest."""
    groups: dict[str, list[Signal]] = {}
    for one in signals:
        kind = "training numbers" if one.meaning.quantity in TRAINING else "environment numbers"
        groups.setdefault(f"{one.series.source} {kind}", []).append(one)
    return groups


def _end(group: list[Signal]) -> int:
    return max(int(np.max(one.steps)) for one in group)
