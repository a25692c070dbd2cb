"""Steps go back while wall-clock time goes on: the run was resumed behind its last logged step.

Observes: in at least half of the tags, a segment that begins at a lower step than the one before it had reached,
later in wall-clock time.

Why it matters: the same steps then stand in the log twice. A reader that sorts by step mixes two attempts; what was
learned after the checkpoint is lost.

Evidence: series of at least four rows.

How it can be wrong: a program that appends each new run to the log of the one before begins from scratch there; that
is said, and is no training lost. A tag that cycles by design (a step within each epoch) goes back many times, and
asynchronous workers log slightly out of order: many small steps back in few tags, which does not fire.

References: TensorBoard's documentation of purge_step; the fault catalogue's steps-rewound-on-resume.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.run.segments import Rewind, logged, rewinds
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="RUN101",
    name="steps-rewound",
    fired="Steps go back: the run was resumed",
    clear="Steps go forward only",
    group="segments",
    needs=("series of at least four rows",),
    leak=(1, 200),
    leak_reason="A step that goes back while wall time goes on is a resume, harmless or not, and seldom anything else.",
    how_to_log="SummaryWriter(log_dir, purge_step=resumed_step)",
)
THRESHOLDS = {
    "share": Threshold(0.5, "share of tags", "a resume takes every tag of the writer back, not one"),
    "times": Threshold(20, "rewinds of a tag", "more than that is a step that cycles by design"),
    "lost training": Threshold(
        0.5, "of the steps made", "a resume that throws away most of the run is a fault of its own"
    ),
    "from scratch": Threshold(
        0.05, "of the steps made", "a resume goes back to a checkpoint; one within 5 % of the start is none (as RUN102)"
    ),
    "rows": Threshold(4, "rows", "two segments of two rows are the least that shows a rewind"),
}


def detect(signals: Signals) -> Finding:
    """Count the tags whose steps go back."""
    known = logged(signals, int(THRESHOLDS["rows"].value))
    if not known:
        return META.not_applicable()
    back = {one.tag: rewinds(one.series) for one in known}
    rewound = {tag: found for tag, found in back.items() if 0 < len(found) <= THRESHOLDS["times"].value}
    forward = {tag: [one for one in found if _later(one)] for tag, found in rewound.items()}
    forward = {tag: found for tag, found in forward.items() if found}
    share = len(forward) / len(back)
    if share < THRESHOLDS["share"].value:
        return META.pass_(
            f"Steps go back in {len(forward)} of {len(back)} tags: {share:.0%} against "
            f"{THRESHOLDS['share'].value:.0%}.",
            values={"tags": len(forward), "share": share},
        )
    found = max(forward.values(), key=lambda rows: max(one.back for one in rows))
    deepest = max(found, key=lambda one: one.back)
    lost = [one for one in found if _loses_training(one)]
    anew = " Each time it begins from scratch: a run appended to the log of another." if _all_anew(found) else ""
    superseded = sum(int(one.series.superseded.sum()) for one in known)
    return META.fire(
        f"{deepest.after.series.tag} goes back from step {deepest.before.end} to {deepest.after.start}, "
        f"{deepest.back} steps, and {len(found)} times in all, from step {deepest.before.start} to {deepest.after.end} "
        f"({len(deepest.after.series)} points): {share:.0%} of tags against {THRESHOLDS['share'].value:.0%}.{anew}",
        values={
            "times": len(found),
            "deepest": deepest.back,
            "tags": len(forward),
            "share": share,
            "superseded_rows": superseded,
            "lost_training": bool(lost),
        },
        evidence=_places(found),
        onset=deepest.after.start,
    )


def _loses_training(rewind: Rewind) -> bool:
    """Whether a resume threw most of the steps away; a run that begins anew lost none by it."""
    made = max(rewind.before.end, 1)
    return rewind.back > THRESHOLDS["lost training"].value * made and not _begins_anew(rewind)


def _begins_anew(rewind: Rewind) -> bool:
    """Whether it begins where the whole log began, or close to the beginning of what was made since."""
    origin = int(rewind.after.series.steps[0])
    return rewind.after.start <= max(origin, THRESHOLDS["from scratch"].value * max(rewind.before.end, 1))


def _all_anew(found: list[Rewind]) -> bool:
    return all(_begins_anew(one) for one in found)


def _later(rewind: Rewind) -> bool:
    """Whether the one began when the other had ended; two that were written at once are two writers, no resume."""
    begun, ended = rewind.after.walls[0], rewind.before.walls[1]
    return not begun < ended


def _places(found: list[Rewind]) -> list[EvidenceRef]:
    return [one.after.series.ref(one.after.first, one.after.last) for one in found[:5]]
