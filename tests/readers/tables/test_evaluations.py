"""evaluations.npz: one mean of every evaluation, and nothing unpickled."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from forensics.model.evidence import IssueKind
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write

NAME = "evaluations.npz"


def saved(**arrays: Any) -> bytes:
    """The bytes that numpy.savez_compressed writes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def test_each_evaluation_is_a_point_at_its_environment_step(tmp_path: Path) -> None:
    content = saved(
        timesteps=[1000, 2000],
        results=[[1.0, 3.0], [5.0, 7.0]],
        ep_lengths=[[10, 20], [30, 50]],
        successes=[[False, True], [True, True]],
    )
    run = load(tmp_path, {"logs/evaluations.npz": content})
    returns = only(run, "eval/mean_reward")
    assert (returns.steps.tolist(), returns.values.tolist()) == ([1000, 2000], [2.0, 6.0])
    assert returns.source == "npz:logs/evaluations.npz"
    assert returns.declared == {"aggregation": "instant", "axis": "env_step"}
    assert only(run, "eval/mean_ep_length").values.tolist() == [15, 40]
    assert only(run, "eval/success_rate").values.tolist() == [0.5, 1.0]


def test_a_resumed_evaluation_overwrites(tmp_path: Path) -> None:
    run = load(tmp_path, {NAME: saved(timesteps=[10, 20, 30, 20, 30], results=np.ones((5, 1)))})
    assert only(run, "eval/mean_reward").superseded.tolist() == [False, True, True, False, False]


def test_objects_are_refused(tmp_path: Path) -> None:
    content = saved(timesteps=[1], results=np.array([{"a": 1}], dtype=object))
    run = load(tmp_path, {NAME: content, EVENTS: events()})
    assert kinds(run, NAME) == [IssueKind.MALFORMED]
    assert all(series.source == "tensorboard" for series in run.series)


def test_what_does_not_fit_together_or_is_torn_is_malformed(tmp_path: Path) -> None:
    content = saved(timesteps=[1, 2, 3], results=np.ones((2, 4)))
    whole = saved(timesteps=[1, 2], results=np.ones((2, 4)))
    run = load(tmp_path, {NAME: content, "b/evaluations.npz": whole[:-30], EVENTS: events()})
    assert kinds(run, NAME) == kinds(run, "b/evaluations.npz") == [IssueKind.MALFORMED]


def test_an_archive_that_unpacks_to_much_is_not_unpacked(tmp_path: Path) -> None:
    content = saved(timesteps=np.arange(4), results=np.zeros((4, 100_000)))
    write(tmp_path, {NAME: content, EVENTS: events()})
    run = load_run(tmp_path, limits=Limits(decompressed_bytes=100_000))
    assert kinds(run, NAME) == [IssueKind.MALFORMED]
