"""numpy.save of one row of numbers, as the scripts of TD3 leave their evaluations."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from forensics.model.evidence import IssueKind
from tests.readers.run_files import EVENTS, events, kinds, load, only


def saved(array: np.ndarray, **options: bool) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
@pytest.mark.parametrize("shape", [(5,), (5, 1)])
def test_a_row_of_numbers_is_a_series(tmp_path: Path, kind: type, shape: tuple[int, ...]) -> None:
    run = load(tmp_path, {"results/rewards.npy": saved(np.arange(5).astype(kind).reshape(shape))})
    series = only(run, "rewards")
    assert series.steps.tolist() == [0, 1, 2, 3, 4]
    assert series.values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert run.files[0].bytes_read == run.files[0].bytes


@pytest.mark.parametrize(
    "content",
    [
        saved(np.zeros((4, 84, 84), np.uint8)),
        saved(np.array([{"a": 1}], dtype=object), allow_pickle=True),
        saved(np.array(["a", "b"])),
        b"\x93NUMPY\x01\x00v\x00{'descr'",
    ],
    ids=["images", "objects", "words", "half a header"],
)
def test_other_arrays_are_left_alone(tmp_path: Path, content: bytes) -> None:
    run = load(tmp_path, {"scores.npy": content, EVENTS: events()})
    assert {record.path: record.reader for record in run.files}["scores.npy"] == "unread"


@pytest.mark.parametrize("name", ["obs_mean.npy", "y_train.npy", "waypoints.npy"])
def test_an_array_that_is_not_named_as_results_is_left_alone(tmp_path: Path, name: str) -> None:
    run = load(tmp_path, {name: saved(np.arange(53.0)), EVENTS: events()})
    assert {record.path: record.reader for record in run.files}[name] == "unread"


def test_an_array_that_ends_early_is_lost_and_said(tmp_path: Path) -> None:
    run = load(tmp_path, {"scores.npy": saved(np.arange(50.0))[:-24], EVENTS: events()})
    assert kinds(run, "scores.npy") == [IssueKind.MALFORMED]
