"""Which runs a call is about, and where the report of each goes: decided before the first is examined."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from forensics.cohort.find import Found, FoundRun, find
from forensics.command import destination
from forensics.safety.limits import Limits


@dataclass(frozen=True, slots=True)
class Job:
    """One run and the folder of its report; None where that is decided when it is written, or nothing is."""

    run: FoundRun
    folder: Path | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs in order. `index` is the folder of the index, None where no file is written.

    `name` is what was searched, `searched` the one folder that was given, where it was one; `left` names files of it
    that belong to no run.
    """

    jobs: tuple[Job, ...]
    name: str
    searched: Path | None = None
    index: Path | None = None
    left: tuple[str, ...] = ()


def plan(paths: tuple[Path, ...], limits: Limits, *, output: Path | None, writes: bool) -> Plan:
    """Return what is to be examined and where it goes.

    Raises OutputError if a report could not be written where it should be.
    """
    found = [_find(path, limits) for path in paths]
    runs = [run for each in found for run in each.runs]
    searched = paths[0] if len(paths) == 1 and len(runs) > 1 else None
    name = (searched.resolve().name or str(searched)) if searched else f"{len(paths)} paths"
    left = tuple(file for each in found for file in each.left)
    if not writes:
        return Plan(tuple(Job(run, None) for run in runs), name, searched, None, left)
    folders, index = _folders(paths, found, searched, output)
    for folder in (index, *folders):
        for path in paths:
            destination.check(folder, path)
    here = output is None and len(runs) == 1
    jobs = tuple(Job(run, None if here else folder) for run, folder in zip(runs, folders, strict=True))
    return Plan(jobs, name, searched, index if len(runs) > 1 else None, left)


def _find(path: Path, limits: Limits) -> Found:
    try:
        return find(path, limits)
    except OSError:  # the examination says what is wrong with it
        return Found([FoundRun(path, path.name)])


def _folders(
    paths: tuple[Path, ...], found: list[Found], searched: Path | None, output: Path | None
) -> tuple[list[Path], Path]:
    """Return the folder of each report, and that of the index."""
    if searched is not None:
        base = output or destination.default_index(Path.cwd(), searched)
        return [base / PurePosixPath(run.label) for run in found[0].runs], base
    base = output or Path.cwd() / destination.DEFAULT
    if len(paths) == 1:
        return [base if output else base / "run"], base
    homes = destination.several(base, list(paths)) if output else destination.defaults(Path.cwd(), list(paths))
    folders = []
    for home, each in zip(homes, found, strict=True):
        folders += [home if len(each.runs) == 1 else home / PurePosixPath(run.label) for run in each.runs]
    return folders, base
