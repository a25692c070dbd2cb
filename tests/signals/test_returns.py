import numpy as np
import pytest

from forensics.model.meaning import Quantity, Role, Statistic
from forensics.signals.returns import discount, episode_length, episodic_returns, return_scale
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def _returns(role: Role, values: np.ndarray) -> Signal:
    return signal(
        f"{role.value}/return", values, quantity=Quantity.EPISODIC_RETURN, role=role, statistic=Statistic.MEAN
    )


def test_returns_of_training_come_before_those_of_evaluation() -> None:
    train, test = _returns(Role.TRAIN, np.arange(5.0)), _returns(Role.EVALUATION, np.arange(9.0))
    assert len(episodic_returns(signals(train, test))) == 5
    assert len(episodic_returns(signals(test))) == 9


def test_points_before_the_first_episode_ends_are_left_out() -> None:
    values = np.array([np.nan, np.nan, 1.0, 2.0, 3.0])
    assert episodic_returns(signals(_returns(Role.TRAIN, values))).tolist() == [1, 2, 3]


def test_the_scale_is_the_largest_of_all_roles() -> None:
    run = signals(_returns(Role.TRAIN, np.full(50, -10.0)), _returns(Role.EVALUATION, np.full(5, 300.0)))
    assert return_scale(run) == pytest.approx(300.0)
    assert return_scale(signals()) is None


def test_a_length_of_nothing_is_no_length() -> None:
    zero = signal("len", np.zeros(5), quantity=Quantity.EPISODE_LENGTH)
    assert episode_length(signals(zero)) is None


def test_an_established_discount_comes_before_the_configured() -> None:
    assert discount(signals(facts={"gamma": 0.98}, config={"gamma": 0.99})) == 0.98
    assert discount(signals(config={"agent.gamma": 0.99})) == 0.99
    assert discount(signals()) is None
