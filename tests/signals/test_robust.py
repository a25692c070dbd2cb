"""Statistics that one outlier cannot move, and joins and figures that lose nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.signals.align import join
from forensics.signals.figure import COLUMNS, figure
from forensics.signals.robust import decades, first_run, mad, rank_correlation, running_median, slope
from tests.builders import signal

values = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=60)


@given(values)
def test_one_outlier_hardly_moves_a_running_median(data: list[float]) -> None:
    spoiled = np.array([*data, 1e300])
    assert running_median(spoiled, 3).max() <= max(data) or len(data) < 3


@given(values)
def test_rank_correlation_is_a_correlation(data: list[float]) -> None:
    x = np.arange(len(data), dtype=float)
    assert -1.0 - 1e-9 <= rank_correlation(x, np.array(data)) <= 1.0 + 1e-9


def test_rank_correlation_sees_order_alone() -> None:
    x = np.arange(10.0)
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1.0)
    assert rank_correlation(x, np.ones(10)) == 0.0


def test_mad_is_the_standard_deviation_of_a_normal_sample() -> None:
    assert mad(np.random.default_rng(0).normal(size=20_000)) == pytest.approx(1.0, rel=0.03)


def test_decades_count_magnitudes_and_skip_zeros_and_non_finite_values() -> None:
    assert decades(np.array([0.0, -1.0, 1000.0, np.nan, np.inf])) == pytest.approx(3.0)
    assert decades(np.zeros(4)) == 0.0


def test_first_run_is_where_a_condition_begins_to_hold() -> None:
    assert first_run(np.array([True, False, True, True, True]), 3) == 2
    assert first_run(np.array([True, True, False]), 3) is None


def test_slope_of_a_line_fits_perfectly() -> None:
    gradient, fit = slope(np.arange(5.0), 2 * np.arange(5.0) + 1)
    assert (gradient, fit) == pytest.approx((2.0, 1.0))


def test_a_join_takes_shared_steps_and_the_last_value_of_a_repeated_one() -> None:
    steps, (a, b) = join(signal("a", [1, 2, 3, 4], [10, 20, 20, 30]), signal("b", [5, 6], [20, 40]))
    assert steps.tolist() == [20]
    assert (a.tolist(), b.tolist()) == ([3.0], [5.0])


def test_a_figure_keeps_a_spike_of_one_point_among_many() -> None:
    data = np.ones(100_000)
    data[61_803] = 1e6
    drawn = figure("spike", [signal("x", data)])
    assert len(drawn.lines[0].steps) <= COLUMNS
    assert max(drawn.lines[0].high) == 1e6
    assert drawn.scale == "log"
