"""Runs that real libraries left behind are read whole, and diagnosed as far as their own logs allow."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from forensics.causes.library import load
from forensics.cohort.find import FoundRun, find
from forensics.model.diagnosis import CauseRole, Diagnosis, Kind
from forensics.model.evidence import IssueKind, Run
from forensics.pipeline import investigate
from forensics.pipeline import load_run as read
from forensics.readers.steps import rank_of
from forensics.readers.tables.clocks import is_time, plain
from forensics.regression import expectations
from forensics.safety.limits import Limits

ARCHIVE = Path(__file__).parent / "archive"
NAMES = sorted(path.name for path in ARCHIVE.iterdir() if path.is_dir())
STANDING = (CauseRole.PROBABLE_CAUSE, CauseRole.CONTRIBUTING, CauseRole.MEASUREMENT_FAULT)
NEVER_HEADS = {cause.id for cause in load() if cause.kind in (Kind.OUTCOME, Kind.MEASUREMENT)}
# What our readers call the columns and arrays of these files, which their libraries name by a letter or by a plural.
RENAMED = {
    "monitor/episode_reward": "r",
    "monitor/episode_length": "l",
    "eval/episode_reward": "r",
    "eval/episode_length": "l",
    "eval/mean_reward": "results",
    "eval/mean_ep_length": "ep_lengths",
    "eval/success_rate": "successes",
}

pytestmark = pytest.mark.parametrize("name", NAMES)


@cache
def truth_of(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((ARCHIVE / f"{name}.truth.json").read_text(encoding="utf-8"))
    return truth


@cache
def run_of(name: str) -> Run:
    return read(ARCHIVE / name)


@cache
def diagnosis_of(name: str) -> Diagnosis:
    return investigate(run_of(name))


def is_axis(column: str) -> bool:
    """Tell whether a column is one that the other columns' steps or times are taken from: it is no series then."""
    return is_time(column) or rank_of(plain(column)) is not None


def counted(run: Run) -> dict[str, int]:
    """Return how many points of each tag our readers took from each file, under the library's name of the tag."""
    counts: Counter[str] = Counter()
    for series in run.series:
        for place in series.file_index.tolist():
            file = series.files[place]
            renamed = file.endswith(("monitor.csv", ".npz"))
            counts[f"{file}#{RENAMED.get(series.tag, series.tag) if renamed else series.tag}"] += 1
    return dict(counts)


def test_the_run_is_read_whole(name: str) -> None:
    run = run_of(name)
    assert [file.path for file in run.files if file.reader == "unread" or file.bytes_read != file.bytes] == []
    assert [issue for issue in run.issues if issue.kind not in (IssueKind.NOTE, IssueKind.EMPTY)] == []


def test_it_holds_as_many_points_as_the_libraries_own_reader_finds(name: str) -> None:
    points = truth_of(name)["points"]
    files = {key.partition("#")[0] for key in points}
    found = {key: count for key, count in counted(run_of(name)).items() if key.partition("#")[0] in files}
    axes = {key for key in points.keys() - found.keys() if is_axis(key.partition("#")[2])}
    assert found
    assert found == {key: count for key, count in points.items() if count and key not in axes}


def test_the_verdict_is_the_truth_or_none(name: str) -> None:
    truth, diagnosis = truth_of(name), diagnosis_of(name)
    assert expectations.mismatches(diagnosis, expected(truth)) == []
    if truth["fault"] is None:
        assert [cause.id for cause in diagnosis.causes if cause.role in STANDING] == []
        assert [outcome.id for outcome in diagnosis.outcomes] == []


def expected(truth: dict[str, Any]) -> expectations.Expected:
    """Return what a diagnosis must say: a cause in the verdict; of an outcome or a measurement, that it stands."""
    heads = [cause for cause in truth["named"] if cause not in NEVER_HEADS]
    stands = [cause for cause in truth["named"] if cause in NEVER_HEADS]
    return expectations.Expected(
        cause=heads + (["none"] if stands or not heads else []),
        present_any=[truth["named"]] if truth["named"] else [],
        must_not_claim=truth["never"],
        healthy=truth["fault"] is None,
        tolerances=expectations.Tolerances(absent=0.49),  # a rival may be possible, none stands
    )


def test_it_is_one_run_of_the_folder_of_all(name: str) -> None:
    assert len([run.label for run in found() if run.label.partition("/")[0] == name]) == 1  # or a folder inside


@cache
def found() -> list[FoundRun]:
    return find(ARCHIVE, Limits()).runs
