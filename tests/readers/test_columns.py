"""Columns of a text source: steps that are missing, that go back, that start over."""

from __future__ import annotations

import numpy as np

from forensics.readers.columns import Columns, segments


def columns(steps: list[int | None], tag: str = "a") -> Columns:
    made = Columns("jsonl:x", ("x",), 100)
    for line, step in enumerate(steps):
        made.add(made.row(0, line, step, None, float(line)), tag, float(line))
    return made


def test_a_missing_step_takes_the_one_before() -> None:
    (series,) = columns([3, None, None, 5]).series()
    assert series.steps.tolist() == [3, 3, 3, 5]


def test_without_any_step_points_are_numbered() -> None:
    (series,) = columns([None, None]).series()
    assert series.steps.tolist() == [0, 1]


def test_too_few_points_make_no_series() -> None:
    assert columns([1]).series(at_least=2) == []


def test_a_step_back_starts_a_segment_and_supersedes_what_it_repeats() -> None:
    steps = np.array([0, 10, 20, 30, 20, 30, 40])
    segment, superseded = segments(steps, np.arange(7.0))
    assert segment.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert superseded.tolist() == [False, False, True, True, False, False, False]


def test_a_counter_that_is_reset_supersedes_nothing() -> None:
    segment, superseded = segments(np.array([0, 1, 2, 0, 1, 2]), np.arange(6.0))
    assert segment.tolist() == [0, 0, 0, 1, 1, 1]
    assert not superseded.any()


def test_steps_out_of_order_are_no_restarts() -> None:
    segment, superseded = segments(np.array([1, 5, 2, 6, 3, 7, 4, 8, 5, 9]), np.arange(10.0))
    assert segment.max() == 0
    assert not superseded.any()


def test_updates_are_kept_where_every_row_has_one() -> None:
    made = Columns("jsonl:x", ("x",), 100)
    for update in (None, 4):
        row = made.row(0, 1, 1, update, None)
        made.add(row, "some", 1.0)
        if update is not None:
            made.add(row, "all", 1.0)
    by_tag = {series.tag: series for series in made.series()}
    assert by_tag["some"].updates is None
    assert by_tag["all"].updates is not None
