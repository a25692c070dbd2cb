from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values.value_head_blind import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import Change, archived, as_it_is, changed, noisy, shifted, thinned
from tests.detectors.values.series import returns

NOISE = np.random.default_rng(0).normal(0, 1e-6, 60)
VARIED = returns(100 + 10 * np.sin(np.arange(60)))


def _explained(values: np.ndarray) -> Signal:
    return signal("train/explained_variance", values, quantity=Quantity.EXPLAINED_VARIANCE)


@pytest.mark.parametrize("change", [as_it_is, shifted, noisy, thinned], ids=lambda change: change.__name__)
def test_a_blind_value_head_fires_and_its_sibling_does_not(archived_runs: Path, change: Change) -> None:
    assert detect(changed(archived(archived_runs / "mnee-ppo-value-dead"), change)).status is Status.FIRED
    assert detect(changed(archived(archived_runs / "mnee-ppo-next"), change)).status is Status.CLEAR


def test_equal_returns_leave_nothing_to_explain() -> None:
    assert detect(signals(_explained(NOISE), returns(np.full(60, 1000.0)))).status is Status.INCONCLUSIVE


def test_a_large_negative_value_is_not_blindness() -> None:
    assert detect(signals(_explained(np.full(60, -37.0)), VARIED)).status is Status.CLEAR


@pytest.mark.parametrize(("size", "status"), [(0.045, Status.FIRED), (0.055, Status.CLEAR)])
def test_a_twentieth_of_the_variance_is_the_limit(size: float, status: Status) -> None:
    values = np.where(np.arange(60) % 2, size, -size)
    assert detect(signals(_explained(values), VARIED)).status is status


def test_float_noise_weighs_more_than_little() -> None:
    noise, little = (detect(signals(_explained(values), VARIED)) for values in (NOISE, NOISE * 1e4))
    assert noise.leak is not None
    assert little.leak is not None
    assert noise.leak < little.leak


def test_a_head_that_begins_late_is_not_blind() -> None:
    values = np.concatenate([np.full(40, 0.01), np.linspace(0.05, 0.6, 20)])
    assert detect(signals(_explained(values), VARIED)).status is Status.CLEAR


def test_a_metric_that_was_never_computed_is_not_blindness() -> None:
    assert detect(signals(_explained(np.zeros(60)), VARIED)).status is Status.INCONCLUSIVE


def test_a_few_updates_decide_nothing() -> None:
    assert detect(signals(_explained(NOISE[:10]), VARIED)).status is Status.INCONCLUSIVE


def test_without_explained_variance_it_abstains() -> None:
    assert detect(signals(VARIED)).status is Status.NOT_APPLICABLE


def test_little_weighs_less_where_the_return_rises() -> None:
    risen = returns(np.linspace(0.0, 100.0, 60) + np.sin(np.arange(60)))
    flat, learned = (detect(signals(_explained(NOISE * 1e4), earned)) for earned in (VARIED, risen))
    assert flat.leak is not None
    assert learned.leak is not None
    assert flat.leak < learned.leak
