import numpy as np
import pytest

from forensics.detectors.episodes.train_eval_gap import detect
from forensics.model.finding import Status
from forensics.model.meaning import Aggregation, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals

NOISE = np.random.default_rng(2).normal(0, 5, 200)
TRAINED = np.concatenate([np.linspace(0, 100, 80), np.full(120, 100.0)]) + NOISE


def training(values: np.ndarray, aggregation: Aggregation = Aggregation.INSTANT) -> Signal:
    return signal("train/return", values, quantity=Quantity.EPISODIC_RETURN, role=Role.TRAIN, aggregation=aggregation)


def evaluation(level: float, count: int = 10) -> Signal:
    steps = np.linspace(1000, 20_000, count).astype(int)
    values = np.interp(steps, [0, 8000, 20_000], [0, level, level])
    return signal("eval/mean_reward", values, steps, quantity=Quantity.EPISODIC_RETURN, role=Role.EVALUATION)


@pytest.mark.parametrize(("level", "status"), [(20.0, Status.FIRED), (85.0, Status.CLEAR), (160.0, Status.CLEAR)])
def test_only_an_evaluation_far_below_training_fires(level: float, status: Status) -> None:
    assert detect(signals(training(TRAINED), evaluation(level))).status is status


def test_a_training_return_that_exploration_alone_made_is_left_open() -> None:
    assert detect(signals(training(100 + NOISE), evaluation(0.0))).status is Status.INCONCLUSIVE


def test_window_means_spread_less_than_episodes() -> None:
    run = signals(training(TRAINED, Aggregation.WINDOW_MEAN), evaluation(20.0))
    assert detect(run).status is Status.CLEAR


def test_two_late_evaluations_are_too_few() -> None:
    assert detect(signals(training(TRAINED), evaluation(20.0, 4))).status is Status.NOT_APPLICABLE


def test_without_an_evaluation_it_abstains() -> None:
    assert detect(signals(training(TRAINED))).status is Status.NOT_APPLICABLE
