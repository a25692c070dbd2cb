"""The run ended before its plan, or in the middle of a record.

Observes: the last step against the planned one, a torn last record, a manifest that still says "running", and a
traceback at the end of a log.

Why it matters: what a shortened run shows at its end is not where it would have ended; and evidence that was being
written when it died is lost.

Evidence: a plan (configuration or manifest), or any file.

How it can be wrong: many healthy runs are stopped by hand; a run that is still going has the same marks; a planned
number may count something else than the logged step.

References: the TFRecord format (a length and its checksum, then the payload and its checksum; a record without them
was being written); the fault catalogue's run-truncated.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.run.log_errors import is_traceback
from forensics.detectors.run.planned import planned_and_last
from forensics.model.evidence import EvidenceRef, Ints, IssueKind, LogRecord
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="RUN103",
    name="run-truncated",
    fired="The run was cut short",
    clear="The run came to its end",
    group="run-end",
    needs=("planned number of steps, a run status or a file with an end",),
    leak=(15, 100),
    leak_reason="Many healthy runs are stopped by hand or still going when they are looked at.",
    how_to_log='json.dump({"status": "finished", "planned_steps": total_timesteps}, manifest)',
)
THRESHOLDS = {
    "lost training": Threshold(
        0.9, "share of the planned steps", "a last interval of logging or evaluation costs less than a tenth"
    ),
    "ended": Threshold(
        0.99,
        "share of the planned steps",
        "the last record of a finished run lies one logging interval before its plan",
    ),
    "late gaps": Threshold(5, "gaps", "the last few say how far apart records were when the run ended"),
    "tail": Threshold(5, "log records", "a traceback that ended the run is among the last records"),
}


def detect(signals: Signals) -> Finding:
    """Collect the marks of an early end."""
    run = signals.run
    marks: list[str] = []
    evidence: list[EvidenceRef] = []
    values: dict[str, Number] = {"lost_training": False}
    plan = planned_and_last(signals)
    if plan is not None:
        planned, last, unit = plan
        values |= {
            "planned": planned,
            "last": last,
            "lost_training": last < THRESHOLDS["lost training"].value * planned,
        }
        interval = _interval(signals)
        if last < THRESHOLDS["ended"].value * planned and planned - last > interval:
            marks.append(f"last of the {unit} is {last:.0f} against {planned:.0f} planned")
    torn = [issue for issue in run.issues if issue.kind is IssueKind.TRUNCATED]
    for issue in torn:
        marks.append(f"{issue.file} ends in half a record ({issue.bytes_lost} bytes)")
        evidence.append(EvidenceRef(file=issue.file, offset=issue.offset, line=issue.line))
    if run.manifest is not None and run.manifest.status == "running":
        marks.append("the manifest still says running")
        evidence.append(EvidenceRef(file=run.manifest.file, key="status"))
    for record in _last_records(signals):
        if is_traceback(record):
            marks.append(f"{record.file}:{record.line} ends in a traceback")
            evidence.append(record.ref())
    if marks:
        return META.fire(
            f"The run was cut short: {'; '.join(marks)}.",
            values={**values, "live": run.live},
            evidence=evidence,
            onset=None if plan is None else int(plan[1]),
        )
    if plan is None and (run.manifest is None or not run.manifest.status):
        return META.not_applicable("planned number of steps")
    return META.pass_("The run reached its planned end, and no file ends in half a record.", values=values)


def _interval(signals: Signals) -> float:
    """Return twice the usual distance between two steps of the densest series: a record that was never due.

    Where a record follows a number of episodes, it comes ever later as these grow, so that the last few count. Where
    no series has two records, the next one was due as long after the first as that was after the start.
    """
    usual = [_usual(np.abs(np.diff(one.steps))) for one in signals.signals if len(one) > 1]
    first = max((float(one.steps[0]) for one in signals.signals if len(one)), default=0.0)
    return 2 * min(usual, default=first)


def _usual(gaps: Ints) -> float:
    return max(float(np.median(gaps)), float(np.max(gaps[-int(THRESHOLDS["late gaps"].value) :])))


def _last_records(signals: Signals) -> list[LogRecord]:
    """Return the last few records of each log file."""
    by_file: dict[str, list[LogRecord]] = {}
    for record in signals.run.logs:
        by_file.setdefault(record.file, []).append(record)
    return [record for records in by_file.values() for record in records[-int(THRESHOLDS["tail"].value) :]]
