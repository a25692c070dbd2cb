"""Analyses one run after the other and writes what was asked for. One broken run costs one line."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.command import destination, streams
from forensics.command.tag_meanings import absent
from forensics.errors import ForensicsError, NoEvidenceError, OutputError
from forensics.settings import FailOn, Settings

if TYPE_CHECKING:
    from forensics.model.diagnosis import Diagnosis

FORMATS = ("html", "json", "md", "sarif")
DEFAULT_FORMATS = FORMATS[:2]
STANDS = 0.5  # a cause stands where it is more likely than not (DESIGN: verdict contract)


class ExitCode(IntEnum):
    """What the caller's shell sees."""

    ANALYSED = 0
    CAUSE_STANDS = 1
    USAGE = 2
    NO_EVIDENCE = 3
    DEFECT = 4
    INTERRUPTED = 130


@dataclass(frozen=True)
class Request:
    """What to analyse and what to do with the result. `formats` is empty where no file is to be written.

    `tags` are those that --tag named for this analysis: a name that no run has is a typing mistake.
    """

    runs: tuple[Path, ...]
    settings: Settings
    formats: tuple[str, ...] = DEFAULT_FORMATS
    output: Path | None = None
    to_stdout: bool = False
    tags: tuple[str, ...] = ()


def analyze_all(request: Request) -> ExitCode:
    """Analyse every run of the request; return the exit code.

    Raises OutputError before the first analysis if a report could not be written where it should be.
    """
    folders = _folders(request)
    diagnoses: list[Diagnosis] = []
    failures: list[Exception] = []
    for run, folder in zip(request.runs, folders, strict=True):
        try:
            diagnosis = _analyze(run, request.settings)
            report = _write(diagnosis, run, folder, request) if request.formats else None
            if not request.to_stdout:
                _print(diagnosis, report)
        except ForensicsError as failure:
            streams.error(_about(run, str(failure)))
            failures.append(failure)
        except Exception as failure:  # one run that trips over a defect of ours must not cost the others
            report_defect(failure, run)
            failures.append(failure)
        else:
            diagnoses.append(diagnosis)
    for warning in absent(request.tags, diagnoses):
        streams.note(warning)
    if request.to_stdout:
        _print_json(diagnoses, one=len(request.runs) == 1)
    return _exit_code(diagnoses, failures, request.settings.fail_on)


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


def report_defect(failure: BaseException, run: Path | None = None) -> None:
    """Say in one line that the tool failed, not its user; the traceback only where FORENSICS_DEBUG asks for it."""
    where = f"{run}: " if run else ""
    streams.error(
        f"{where}{type(failure).__name__}: {failure} - this is a defect of forensics, not of the run. "
        "Set FORENSICS_DEBUG=1 for the traceback and report it with that"
    )
    if os.environ.get("FORENSICS_DEBUG"):
        streams.trace("".join(traceback.format_exception(failure)))


def _folders(request: Request) -> Sequence[Path | None]:
    """Return where each report goes; None where that is decided when it is written."""
    if not request.formats:
        return [None] * len(request.runs)
    if request.output is None:
        for run in request.runs:
            destination.check(Path.cwd() / destination.DEFAULT, run)
        return [None] * len(request.runs)
    folders = [request.output] if len(request.runs) == 1 else destination.several(request.output, list(request.runs))
    for folder in folders:
        for run in request.runs:
            destination.check(folder, run)
    return folders


def _analyze(run: Path, settings: Settings) -> Diagnosis:
    from rich.console import Console

    from forensics.pipeline import analyze

    with Console(stderr=True).status(f"analysing {run.name}", spinner="line"):
        return analyze(run, settings)


def _write(diagnosis: Diagnosis, run: Path, folder: Path | None, request: Request) -> Path:
    from reports.write import write_files

    files: dict[str, bytes] = {}
    if "html" in request.formats:
        from reports.html import render

        files["report.html"] = render(diagnosis).encode()
    if "json" in request.formats:
        files["diagnosis.json"] = diagnosis.to_json()
    if "md" in request.formats:
        from reports.markdown import render as markdown

        files["report.md"] = markdown(diagnosis).encode()
    if "sarif" in request.formats:
        from reports.sarif import render as sarif

        files["report.sarif"] = sarif(diagnosis).encode()
    target = folder or destination.default(Path.cwd(), run)
    write_files(target, files)
    return target / next(iter(files))


def _print(diagnosis: Diagnosis, report: Path | None) -> None:
    from rich.console import Console

    from reports.terminal import print_summary

    class Summary(Console):
        def on_broken_pipe(self) -> None:  # the reader has left; the report is written all the same
            self.quiet = True
            streams.drop_stdout()

    try:
        print_summary(diagnosis, Summary(), report)
    except OSError as failure:
        streams.drop_stdout()
        raise OutputError(f"standard output cannot be written: {failure.strerror}") from failure


def _print_json(diagnoses: list[Diagnosis], *, one: bool) -> None:
    documents = [diagnosis.to_json().strip() for diagnosis in diagnoses]
    if not one:
        streams.write(b"[" + b",\n".join(documents) + b"]\n")
    elif documents:
        streams.write(documents[0] + b"\n")


def _exit_code(diagnoses: list[Diagnosis], failures: list[Exception], fail_on: FailOn) -> ExitCode:
    """A defect of ours comes first, then a report that was not written; a run that could not be read counts only
    where no other could."""
    if any(not isinstance(failure, ForensicsError) for failure in failures):
        return ExitCode.DEFECT
    if any(isinstance(failure, OutputError) for failure in failures):
        return ExitCode.USAGE
    if diagnoses:
        return ExitCode.CAUSE_STANDS if any(stands(each, fail_on) for each in diagnoses) else ExitCode.ANALYSED
    unreadable = any(isinstance(failure, NoEvidenceError) for failure in failures)
    return ExitCode.NO_EVIDENCE if unreadable else ExitCode.USAGE


def _about(run: Path, message: str) -> str:
    """Name the run, unless the message does."""
    return message if str(run) in message else f"{run}: {message}"
