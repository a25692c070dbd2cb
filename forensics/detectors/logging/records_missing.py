"""A sink holds fewer records than its cadence implies.

Observes: the union of the steps of all tags of one source, its usual distance, and holes in which no tag has a
record. It begins where the cadence does: before, a run may log events alone, such as the episodes that fill the
replay buffer until learning starts.

Why it matters: evidence was lost or never written; what happened in the hole cannot be told, and a rate computed
over it is wrong.

Evidence: a source with a regular cadence (nine of ten distances equal) of at least twenty records.

How it can be wrong: a source that logs by events has no cadence (it abstains); a program may stop logging during
an evaluation on purpose.

References: fault catalogue, evidence-not-logged (expected against seen records by cadence).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.evidence import Ints
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Axis
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOG105",
    name="records-missing",
    fired="Records are missing",
    clear="Records come at their cadence",
    group="cadence",
    needs=("source of at least twenty records at a regular cadence",),
    leak=(2, 100),
    leak_reason="Holes in a regular cadence are rare in healthy logs.",
    how_to_log="if step % interval == 0: writer.add_scalar(tag, value, step); writer.flush()",
)
THRESHOLDS = {
    "regular": Threshold(0.9, "share of distances", "below that the source logs by events and has no cadence"),
    "missing": Threshold(0.05, "share of expected records", "fewer are a skipped interval, not a lost stretch"),
    "records": Threshold(3, "records", "one or two are an interval that was not due"),
    "begun": Threshold(10, "distances", "nine of so many are the usual one where the cadence has begun"),
}


def detect(signals: Signals) -> Finding:
    """Count the records that each regular source should hold."""
    judged = []
    for source in sorted({one.series.source for one in signals.signals}):
        steps, tag = _grid([one for one in signals.signals if one.series.source == source])
        steps = _from_cadence(steps)
        if tag is None or len(steps) < 20:
            continue
        distances = np.diff(steps)
        usual = int(np.median(distances))
        if usual <= 0 or np.mean(distances == usual) < THRESHOLDS["regular"].value:
            continue
        expected = int((steps[-1] - steps[0]) // usual) + 1
        judged.append((max(0, expected - len(steps)) / expected, expected - len(steps), steps, distances, tag))
    if not judged:
        return META.not_applicable()
    share, missing, steps, distances, tag = max(judged, key=lambda found: found[0])
    values: dict[str, Number] = {"missing": missing, "share": share, "source": tag.series.source}
    sentence = (
        f"{missing} records of {tag.series.source} are missing from step {steps[0]} to {steps[-1]} ({len(steps)} "
        f"points): {share:.1%} against {THRESHOLDS['missing'].value:.0%}."
    )
    if share > THRESHOLDS["missing"].value and missing >= THRESHOLDS["records"].value:
        return META.fire(sentence, values=values, evidence=[tag.ref()], onset=int(steps[int(np.argmax(distances))]))
    return META.pass_(sentence, values=values, evidence=[tag.ref()])


def _grid(signals: list[Signal]) -> tuple[Ints, Signal | None]:
    """Return all steps of the source that are not episode numbers or epochs, and its longest tag."""
    known = [one for one in signals if len(one) and one.meaning.axis in (Axis.ENV_STEP, Axis.UPDATE)]
    if not known:
        return np.zeros(0, np.int64), None
    return np.unique(np.concatenate([one.steps for one in known])), max(known, key=len)


def _from_cadence(steps: Ints) -> Ints:
    """Return the steps from where most of the next distances are the usual one; none where that never happens."""
    window = int(THRESHOLDS["begun"].value)
    if len(steps) <= window:
        return steps[:0]
    distances = np.diff(steps)
    is_usual = (distances == np.median(distances)).astype(np.int64)
    ahead = np.convolve(is_usual, np.ones(window, np.int64), "valid")
    begun = is_usual[: len(ahead)].astype(bool) & (ahead >= THRESHOLDS["regular"].value * window)
    return steps[int(np.argmax(begun)) :] if begun.any() else steps[:0]
