"""`forensics compare`: reads the runs, writes and prints how they differ."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import forensics
from forensics.command import destination, streams
from forensics.command.batch import ExitCode
from forensics.command.saved import is_saved, read_diagnosis
from forensics.errors import UsageError
from forensics.settings import Settings

if TYPE_CHECKING:
    from forensics.comparison.examined import Examined
    from forensics.model.comparison import Comparison
    from forensics.model.diagnosis import Diagnosis
    from forensics.model.evidence import Run
    from forensics.model.finding import Line

MOST = 6  # a figure has as many kinds of line
_NAME = 60  # characters of one run's name in the name of a folder


class _Compared(msgspec.Struct):
    path: str


class _Written(msgspec.Struct):
    """As much of a compare.json as tells which runs it compares."""

    runs: list[_Compared]


def compare_all(paths: Sequence[Path], settings: Settings, output: Path | None, *, as_json: bool) -> ExitCode:
    """Compare the runs with the first of them; write compare.html and compare.json, print a summary.

    With `as_json` the comparison goes to standard output, and files are written only into a named `output`.

    Raises:
        UsageError: fewer than two runs or more than six, a path that is no run, a diagnosis.json that is unreadable.
        NoEvidenceError: one of the runs holds nothing that can be read.
        OutputError: the files cannot be written; told before the first analysis where that can be known.
    """
    from forensics.comparison.compare import compare

    if not 2 <= len(paths) <= MOST:
        raise UsageError(f"compare takes two to {MOST} runs, not {len(paths)}")
    for path in paths:
        destination.check(output or Path.cwd() / destination.DEFAULT, path)
    found = compare([_examined(path, settings) for path in paths], forensics.__version__)
    page = None if as_json and output is None else _write(found, output)
    if as_json:
        streams.write(found.to_json())
    else:
        _print(found, page)
    return ExitCode.ANALYSED


def _examined(path: Path, settings: Settings) -> Examined:
    from forensics.comparison.examined import Examined

    if is_saved(path):
        diagnosis = read_diagnosis(path, settings.limits)
        return Examined(diagnosis, functools.partial(_drawn, diagnosis))
    from rich.console import Console

    from forensics import pipeline
    from forensics.command.source_archive import read_source

    with Console(stderr=True).status(f"analysing {path.name}", spinner="line"):
        run = pipeline.load_run(path, settings)
        diagnosis = pipeline.investigate(run, settings)
    return Examined(diagnosis, functools.partial(_logged, run), read_source(path, settings.limits))


def _drawn(diagnosis: Diagnosis, tag: str) -> Line | None:
    """Return the curve of a tag as one of the figures of a diagnosis has it."""
    figures = (finding.figure for finding in diagnosis.findings if finding.figure is not None)
    return next((line for figure in figures for line in figure.lines if line.label == tag), None)


def _logged(run: Run, tag: str) -> Line | None:
    """Return the curve of a tag as the run logged it, from the source with the most points."""
    from forensics.model.meaning import Meaning
    from forensics.signals.figure import line
    from forensics.signals.signals import Signal

    series = max((series for series in run.series if series.tag == tag), key=len, default=None)
    return line(Signal(series, Meaning())) if series is not None else None


def _write(comparison: Comparison, output: Path | None) -> Path:
    from reports.compare_html import render
    from reports.write import write_files

    folder = output or _default(Path.cwd() / destination.DEFAULT, comparison)
    files = {"compare.html": render(comparison).encode(), "compare.json": comparison.to_json()}
    write_files(folder, files)
    return folder / "compare.html"


def _default(parent: Path, comparison: Comparison) -> Path:
    """Return compare-<A>-<B> below `parent`, with -2, -3, ... where other runs were compared under these names."""
    first, second, *others = (Path(run.path).resolve().name or "run" for run in comparison.runs)
    more = f"-and-{len(others)}-more" if others else ""
    name = f"compare-{first[:_NAME]}-{second[:_NAME]}{more}"
    for number in count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        if not folder.exists() or _is_of(folder, comparison):
            return folder
    raise AssertionError("count() ends never")


def _is_of(folder: Path, comparison: Comparison) -> bool:
    try:
        written = msgspec.json.decode((folder / "compare.json").read_bytes(), type=_Written)
    except (OSError, msgspec.DecodeError):
        return False
    return [run.path for run in written.runs] == [run.path for run in comparison.runs]


def _print(comparison: Comparison, page: Path | None) -> None:
    from reports.compare_terminal import print_comparison

    with streams.console() as console:
        print_comparison(comparison, console, page)
