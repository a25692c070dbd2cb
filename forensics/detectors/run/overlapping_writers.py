"""Two writers share one directory: two files cover the same steps and are not one run that was resumed.

Observes: a later file that begins again from scratch (at a twentieth or less of the steps already logged), or two
files whose wall-clock times overlap, with steps in common and different values there.

Why it matters: the curves of two runs are drawn as one. Every statistic over the directory is about neither.

Evidence: two event files in one directory with rows of the same tag.

How it can be wrong: a short run that crashed and was started anew in its directory leaves the same picture; that is
two runs as well. Several seeds in directories of their own do not meet here. A resume goes back to a checkpoint, not
to the beginning, and writes after the first file ended.

References: TensorBoard's documentation (one run a directory); the fault catalogue's several-runs-in-one-directory.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.run.segments import Segment, logged, segments
from forensics.model.finding import Finding, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="RUN102",
    name="overlapping-writers",
    fired="Several runs wrote into one directory",
    clear="One run wrote this directory",
    group="segments",
    needs=("series of at least four rows",),
    leak=(1, 500),
    leak_reason="A restart from scratch in the same directory is two runs, however healthy each of them is.",
    how_to_log="SummaryWriter(log_dir / run_id)  # one directory a run",
)
THRESHOLDS = {
    "from scratch": Threshold(
        0.05,
        "share of the steps logged before",
        "a resume goes back to a checkpoint; one within 5 % of the start is none",
    ),
    "share": Threshold(0.5, "share of tags", "a second writer repeats the tags of the first, not one of them"),
    "different": Threshold(0.5, "share of common steps", "two runs agree at few steps, a copied file at all"),
    "begun": Threshold(3, "rows", "a file of one or two rows is a false start that no curve shows"),
    "rows": Threshold(4, "rows", "two files of two rows are the least that shows an overlap"),
}


def detect(signals: Signals) -> Finding:
    """Compare every two files that hold rows of one tag."""
    known = [(one, _by_file(segments(one.series))) for one in logged(signals, int(THRESHOLDS["rows"].value))]
    shared = [(one, parts) for one, parts in known if len(parts) > 1]
    if not known:
        return META.not_applicable()
    if not shared:
        return META.pass_(f"{known[0][0].tag} and every other tag stand in one file each.")
    hits = [(one, hit) for one, parts in shared for hit in (_overlap(parts),) if hit is not None]
    share = len(hits) / len(shared)
    if share < THRESHOLDS["share"].value:
        return META.pass_(
            f"The files of {shared[0][0].tag} follow one another ({len(shared[0][1])} files): {len(hits)} of "
            f"{len(shared)} tags overlap against {THRESHOLDS['share'].value:.0%}.",
            evidence=[shared[0][0].ref()],
        )
    signal, (earlier, later, why) = max(hits, key=lambda hit: hit[1][0].end)
    files = {part.file for _, parts in shared for part in parts}
    return META.fire(
        f"{PurePath(later.file).name} {why} from step {later.start} to {later.end} ({len(later)} "
        f"points of {signal.tag}), while {PurePath(earlier.file).name} reaches step {earlier.end}: step {later.start} "
        f"against {THRESHOLDS['from scratch'].value * earlier.end:.0f}; {share:.0%} of tags.",
        values={
            "files": len(files),
            "earlier_end": earlier.end,
            "later_start": later.start,
            "share": share,
            "concurrent": why.startswith("is written"),
        },
        evidence=[signal.series.ref(part.first, part.last) for part in (earlier, later)],
        onset=later.start,
    )


def _by_file(parts: list[Segment]) -> list[Segment]:
    """Return the longest segment of each file: a file that rewinds within itself is one writer."""
    best: dict[str, Segment] = {}
    for part in parts:
        held = best.get(part.file)
        if held is None or part.last - part.first > held.last - held.first:
            best[part.file] = part
    return list(best.values())


def _overlap(parts: list[Segment]) -> tuple[Segment, Segment, str] | None:
    """Compare each file with the one before it and with the one that reached farthest before it."""
    first = min(part.start for part in parts)
    ordered = sorted(parts, key=lambda part: part.walls)
    farthest = ordered[0]
    for previous, later in pairwise(ordered):
        farthest = max(farthest, previous, key=lambda part: part.end)
        for earlier in (farthest, previous):
            why = _second_writer(earlier, later, first)
            if why:
                return earlier, later, why
    return None


def _second_writer(earlier: Segment, later: Segment, first: int) -> str:
    """Say why the later file cannot be the earlier run going on, or return an empty string."""
    if _differ(earlier, later) is False:
        return ""
    if later.walls[0] < earlier.walls[1] and later.start <= earlier.end:
        return "is written at the same time"
    begun = min(len(earlier), len(later)) >= THRESHOLDS["begun"].value
    if begun and later.start - first <= THRESHOLDS["from scratch"].value * (earlier.end - first):
        return "starts again from scratch"
    return ""


def _differ(earlier: Segment, later: Segment) -> bool | None:
    """Whether the values at common steps differ; None where the two have no step in common."""
    one, other = earlier.series.steps[earlier.rows], later.series.steps[later.rows]
    _, left, right = np.intersect1d(one, other, return_indices=True)
    if not len(left):
        return None
    values = earlier.series.values[earlier.rows][left], later.series.values[later.rows][right]
    return bool(np.mean(values[0] != values[1]) >= THRESHOLDS["different"].value)
