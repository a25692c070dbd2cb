"""Analyses one run, or many at a time, and writes what was asked for. One broken run costs one line."""

from __future__ import annotations

import gc
import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from forensics.command import destination, previous, streams
from forensics.command.tag_meanings import not_read
from forensics.errors import OutputError, UsageError
from forensics.settings import Settings

if TYPE_CHECKING:
    from forensics.command.batch_plan import Job, Plan
    from forensics.command.batch_work import Failure, Worked
    from forensics.model.diagnosis import Diagnosis
    from reports.index_model import Index

FORMATS = ("html", "json", "md", "sarif")
DEFAULT_FORMATS = FORMATS[:2]


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

    `runs` may be folders of many runs. `tags` are those that --tag named for this analysis: a name that no run has
    is a typing mistake. `previous` is an earlier diagnosis.json of the one run that is analysed.
    """

    runs: tuple[Path, ...]
    settings: Settings
    formats: tuple[str, ...] = DEFAULT_FORMATS
    output: Path | None = None
    to_stdout: bool = False
    tags: tuple[str, ...] = ()
    previous: Path | None = None
    all_figures: bool = False


def analyze_all(request: Request) -> ExitCode:
    """Analyse every run of the request; return the exit code.

    Before the first analysis, raises OutputError if a report could not be written where it should be, and UsageError
    if an earlier diagnosis cannot be read or several runs are named beside it.
    """
    from forensics.command.batch_plan import plan
    from forensics.command.saved import read_diagnosis

    earlier = read_diagnosis(request.previous, request.settings.limits) if request.previous else None
    chosen = plan(request.runs, request.settings.limits, output=request.output, writes=bool(request.formats))
    if earlier is not None and len(chosen.jobs) != 1:
        raise UsageError(f"--previous is the diagnosis of one run, and {len(chosen.jobs)} are to be analysed; name one")
    worked = [_alone(chosen.jobs[0], request, earlier)] if len(chosen.jobs) == 1 else _together(chosen, request)
    if any(each.failure is None for each in worked):
        for warning in not_read(request.tags, [tag for each in worked for tag in each.tags]):
            streams.note(warning)
    if request.to_stdout:
        _print_json([each.document for each in worked if each.document], one=len(chosen.jobs) == 1)
    return _exit_code(worked)


def report_defect(failure: BaseException, run: Path | None = None) -> None:
    """Say in one line that the tool failed, not its user; the traceback only where FORENSICS_DEBUG asks for it."""
    trace = "".join(traceback.format_exception(failure)) if os.environ.get("FORENSICS_DEBUG") else ""
    _defect(f"{type(failure).__name__}: {failure}", trace, run)


def _alone(job: Job, request: Request, earlier: Diagnosis | None) -> Worked:
    """Analyse one run in this process and print its summary, and what became of an earlier verdict."""
    from rich.console import Console

    from forensics.command import batch_work

    run, settings = job.run, request.settings
    try:
        with Console(stderr=True).status(f"analysing {run.path.name}", spinner="line"):
            diagnosis = batch_work.examined(run, settings)
        files = batch_work.files_of(diagnosis, request.formats, all_figures=request.all_figures)
        report = _write(files, run.path, job.folder) if files else None
        if not request.to_stdout:
            _print(diagnosis, report)
        if earlier is not None:
            previous.tell(earlier, diagnosis, to_stderr=request.to_stdout)
    except Exception as failure:
        found = batch_work.Worked(failure=batch_work.failure_of(failure))
        _complain(found.failure, run.path)
        return found
    return batch_work.Worked(
        document=diagnosis.to_json().strip() if request.to_stdout else b"",
        tags=tuple(signal.tag for signal in diagnosis.signals),
        stands=batch_work.stands(diagnosis, settings.fail_on),
    )


def _together(chosen: Plan, request: Request) -> Sequence[Worked]:
    """Analyse many runs, each in a process of its own; print a table and write the index."""
    from forensics.command import batch_work
    from forensics.command.batch_index import index_of
    from forensics.command.batch_pool import Died, cores, each
    from forensics.command.batch_progress import progress

    wanted = batch_work.Wanted(request.settings, request.formats, request.to_stdout, request.all_figures)
    _load_what_all_need(html="html" in request.formats)
    worked: dict[int, Worked] = {}
    with progress(len(chosen.jobs)) as advance:
        runs = [job.run for job in chosen.jobs]
        for place, result in each(partial(batch_work.work, wanted=wanted), runs, cores()):
            job = chosen.jobs[place]
            done = (
                batch_work.Worked(failure=batch_work.Failure(str(result), defect=True))
                if isinstance(result, Died)
                else result
            )
            worked[place] = _written(done, job)
            _complain(worked[place].failure, job.run.path)
            advance(job.run.label)
    ordered = [worked[place] for place in range(len(chosen.jobs))]
    index = index_of(chosen, ordered, [job.folder for job in chosen.jobs])
    page = _write_index(index, chosen, request)
    if not request.to_stdout:
        _print_table(index, page)
    return ordered


def _load_what_all_need(*, html: bool) -> None:
    """Import and read once what every run needs: processes that are forked share it."""
    from forensics.causes.library import load
    from forensics.detectors.registry import detectors
    from forensics.readers.registry import readers
    from forensics.signals.vocabulary import vocabulary

    for prepare in (load, detectors, readers, vocabulary):
        prepare()
    if html:
        import reports.figures
        import reports.html  # noqa: F401
    gc.freeze()


def _written(done: Worked, job: Job) -> Worked:
    """Write the files of one run as soon as they are made; keep their names, not their bytes."""
    if not done.files or job.folder is None:
        return done
    from forensics.command.batch_work import failure_of
    from reports.write import write_files

    try:
        write_files(job.folder, done.files)
    except OutputError as failure:
        return replace(done, files={}, row=None, member=None, failure=failure_of(failure))
    return replace(done, files=dict.fromkeys(done.files, b""))


def _write(files: dict[str, bytes], run: Path, folder: Path | None) -> Path:
    from reports.write import write_files

    target = folder or destination.default(Path.cwd(), run)
    write_files(target, files)
    return target / next(iter(files))


def _write_index(index: Index, chosen: Plan, request: Request) -> Path | None:
    """Write the index beside the reports; return the page, or the document where no page was asked for."""
    if chosen.index is None:
        return None
    from reports.write import write_files

    files: dict[str, bytes] = {}
    if "html" in request.formats:
        from reports.index import render

        files["index.html"] = render(index).encode()
    if "json" in request.formats:
        files["index.json"] = index.to_json()
    if not files:
        return None
    write_files(chosen.index, files)
    return chosen.index / next(iter(files))


def _print(diagnosis: Diagnosis, report: Path | None) -> None:
    from reports.terminal import print_summary

    with streams.console() as console:
        print_summary(diagnosis, console, report)


def _print_table(index: Index, page: Path | None) -> None:
    from reports.index_terminal import print_table

    with streams.console() as console:
        print_table(index, console, page)


def _print_json(documents: list[bytes], *, one: bool) -> None:
    if not one:
        streams.write(b"[" + b",\n".join(documents) + b"]\n")
    elif documents:
        streams.write(documents[0] + b"\n")


def _complain(failure: Failure | None, run: Path) -> None:
    if failure is None:
        return
    if failure.defect:
        _defect(failure.message, failure.trace, run)
    else:
        streams.error(_about(run, failure.message))


def _defect(message: str, trace: str, run: Path | None) -> None:
    where = f"{run}: " if run else ""
    streams.error(
        f"{where}{message} - this is a defect of forensics, not of the run. "
        "Set FORENSICS_DEBUG=1 for the traceback and report it with that"
    )
    if trace:
        streams.trace(trace)


def _exit_code(worked: Sequence[Worked]) -> ExitCode:
    """A defect of ours comes first, then a report that was not written; a run that could not be read counts only
    where no other could."""
    failures = [each.failure for each in worked if each.failure is not None]
    if any(failure.defect for failure in failures):
        return ExitCode.DEFECT
    if any(failure.output for failure in failures):
        return ExitCode.USAGE
    if len(failures) < len(worked):
        return ExitCode.CAUSE_STANDS if any(each.stands for each in worked) else ExitCode.ANALYSED
    return ExitCode.NO_EVIDENCE if any(failure.unread for failure in failures) else ExitCode.USAGE


def _about(run: Path, message: str) -> str:
    """Name the run, unless the message does."""
    return message if str(run) in message else f"{run}: {message}"
