"""Examines one run of several and keeps what the whole needs of it: its files, its row, its part among siblings."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.cohort.siblings import Course, Member
from forensics.errors import ForensicsError, NoEvidenceError, OutputError
from forensics.readers.discover import printable
from forensics.settings import FailOn, Settings

if TYPE_CHECKING:
    from forensics.cohort.find import FoundRun
    from forensics.model.diagnosis import Diagnosis
    from reports.index_model import IndexRow

REPORT, DIAGNOSIS = "report.html", "diagnosis.json"
STANDS = 0.5  # a cause stands where it is more likely than not (DESIGN: verdict contract)
_COURSE = "return-rises"
_SETTINGS = 2_000  # settings compared between siblings
_TAGS = 5_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run has no diagnosis. `trace` is empty where the run, not this tool, is at fault."""

    message: str
    unread: bool = False
    output: bool = False
    defect: bool = False
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made of every run."""

    settings: Settings
    formats: tuple[str, ...]
    document: bool = False
    all_figures: bool = False


@dataclass(frozen=True, slots=True)
class Worked:
    """What was made of one run: files by name, its row and its part in a comparison, or why there is none."""

    files: dict[str, bytes] = field(default_factory=dict)
    document: bytes = b""
    row: IndexRow | None = None
    member: Member | None = None
    tags: tuple[str, ...] = ()
    stands: bool = False
    failure: Failure | None = None


def work(run: FoundRun, wanted: Wanted) -> Worked:
    """Examine one run. Never raises but what ends the process: a failure becomes part of the result."""
    try:
        diagnosis = examined(run, wanted.settings)
        return Worked(
            files=files_of(diagnosis, wanted.formats, all_figures=wanted.all_figures),
            document=diagnosis.to_json().strip() if wanted.document else b"",
            row=row_of(diagnosis, run),
            member=member_of(diagnosis, run),
            tags=tuple(dict.fromkeys(signal.tag for signal in diagnosis.signals))[:_TAGS],
            stands=stands(diagnosis, wanted.settings.fail_on),
        )
    except Exception as failure:  # one run that trips over a defect of ours must not cost the others
        return Worked(failure=failure_of(failure))


def examined(run: FoundRun, settings: Settings) -> Diagnosis:
    """Return the diagnosis of a run. Raises what the pipeline raises."""
    from forensics import pipeline

    return pipeline.analyze(run.path, settings, run.part) if run.part else pipeline.analyze(run.path, settings)


def files_of(diagnosis: Diagnosis, formats: tuple[str, ...], *, all_figures: bool = False) -> dict[str, bytes]:
    """Return the files of a report by name."""
    files: dict[str, bytes] = {}
    if "html" in formats:
        from reports.html import render

        files[REPORT] = render(diagnosis, all_figures=all_figures).encode()
    if "json" in formats:
        files[DIAGNOSIS] = diagnosis.to_json()
    if "md" in formats:
        from reports.markdown import render as markdown

        files["report.md"] = markdown(diagnosis).encode()
    if "sarif" in formats:
        from reports.sarif import render as sarif

        files["report.sarif"] = sarif(diagnosis).encode()
    return files


def stands(diagnosis: Diagnosis, fail_on: FailOn) -> bool:
    """Whether a cause of the kind that `fail_on` names stands, or, for `any`, a cause or an outcome."""
    from forensics.model.diagnosis import CauseRole, Kind

    standing = {
        cause.kind
        for cause in diagnosis.causes
        if cause.likelihood >= STANDS and cause.role not in (CauseRole.RULED_OUT, CauseRole.NOT_EXAMINED)
    }
    if fail_on is FailOn.MECHANISM:
        return Kind.MECHANISM in standing
    return fail_on is FailOn.ANY and bool(standing or diagnosis.outcomes)


def failure_of(failure: Exception) -> Failure:
    """Return what is said of a failure."""
    if isinstance(failure, ForensicsError):
        return Failure(
            str(failure), unread=isinstance(failure, NoEvidenceError), output=isinstance(failure, OutputError)
        )
    trace = "".join(traceback.format_exception(failure)) if os.environ.get("FORENSICS_DEBUG") else ""
    return Failure(f"{type(failure).__name__}: {failure}", defect=True, trace=trace)


def row_of(diagnosis: Diagnosis, run: FoundRun) -> IndexRow:
    """Return the row of a run in the index, without what only its siblings tell."""
    from reports.index_model import IndexRow

    verdict = diagnosis.verdict
    titles = {cause.id: cause.title for cause in diagnosis.causes}
    named = [titles.get(name, name) for name in ([verdict.cause] if verdict.cause else verdict.indistinguishable)]
    return IndexRow(
        name=printable(run.label),
        path=printable(str(Path(run.path) / run.part.name if run.part else run.path)),
        status=verdict.status.value,
        statement=verdict.statement,
        cause=verdict.cause,
        title=" or ".join(named),
        likelihood=verdict.likelihood,
        likelihood_words=verdict.likelihood_words,
        evidence_quality=verdict.evidence_quality,
        harm=next((cause.harm for cause in diagnosis.causes if cause.id == verdict.cause), 0.0),
        steps=diagnosis.run.steps,
        algorithm=diagnosis.run.algorithm,
        ended=diagnosis.run.ended,
        outcomes=[outcome.title for outcome in diagnosis.outcomes],
    )


def member_of(diagnosis: Diagnosis, run: FoundRun) -> Member:
    """Return what a comparison with its siblings needs of a run."""
    settings = {row.key: row.declared for row in diagnosis.config[:_SETTINGS] if row.origin != "results"}
    return Member(
        label=run.label,
        algorithm=diagnosis.run.algorithm,
        settings=settings,
        tags=frozenset(signal.tag for signal in diagnosis.signals[:_TAGS]),
        last_step=diagnosis.run.steps.last,
        course=_course(diagnosis),
    )


def _course(diagnosis: Diagnosis) -> Course | None:
    from forensics.model.finding import Status

    found = next((finding for finding in diagnosis.findings if finding.name == _COURSE), None)
    if found is None or found.status not in (Status.FIRED, Status.CLEAR):
        return None
    start, end, tag = (found.values.get(name) for name in ("start", "end", "tag"))
    if not isinstance(start, int | float) or not isinstance(end, int | float):
        return None
    return Course(str(tag), float(start), float(end), found.status is Status.FIRED)
