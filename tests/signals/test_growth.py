import numpy as np
import pytest

from forensics.signals.growth import growth


def test_decades_run_from_the_first_to_the_last_twentieth() -> None:
    course = growth(np.logspace(0, 4, 401))
    assert course is not None
    assert course.decades == pytest.approx(4.0, abs=0.25)
    assert course.goes_on


def test_the_sign_does_not_matter() -> None:
    up, down = growth(np.logspace(0, 4, 100)), growth(-np.logspace(0, 4, 100))
    assert up is not None
    assert down is not None
    assert up.decades == down.decades


def test_a_series_that_has_settled_does_not_go_on() -> None:
    course = growth(1.0 - np.exp(-np.linspace(0.01, 9.0, 100)))
    assert course is not None
    assert not course.goes_on


def test_a_late_blow_up_goes_on() -> None:
    course = growth(np.concatenate([np.random.default_rng(0).uniform(1, 2, 80), np.logspace(1, 6, 20)]))
    assert course is not None
    assert course.goes_on


@pytest.mark.parametrize("values", [np.zeros(50), np.full(50, np.nan), np.arange(9.0)])
def test_nothing_grows_from_nothing(values: np.ndarray) -> None:
    assert growth(values) is None
