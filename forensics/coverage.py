"""How much of the run could be seen."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.diagnosis import Advice, Coverage, NotExamined
from forensics.model.evidence import Run
from forensics.model.finding import Finding, Status

EXAMINED = frozenset({Status.FIRED, Status.CLEAR})
_CHECKPOINTS = (".pt", ".pth", ".ckpt", ".safetensors", ".zip", ".pkl", ".h5")


def tier(run: Run) -> str:
    """Return T1 (scalars alone), T2 (with a log or a configuration) or T3 (with source). No checkpoint is ever read."""
    if run.source is not None:
        return "T3"
    return "T2" if run.logs or run.config else "T1"


def coverage(run: Run, findings: Sequence[Finding], advice: Advice | None = None) -> Coverage:
    """Return what was present, how many detectors could look, what the others lacked and how to supply it."""
    present = [
        name
        for name, there in (
            ("scalars", bool(run.series)),
            ("logs", bool(run.logs)),
            ("config", bool(run.config)),
            ("source", run.source is not None),
            ("checkpoints", any(file.path.endswith(_CHECKPOINTS) for file in run.files)),
        )
        if there
    ]
    lacking = [
        NotExamined(detector=item.code, name=item.name, missing=item.missing, how_to_log=item.how_to_log)
        for item in findings
        if item.status is Status.NOT_APPLICABLE
    ]
    examined = sum(finding.status in EXAMINED for finding in findings)
    return Coverage(tier=tier(run), present=present, examined=examined, not_examined=lacking, advice=advice)
