import numpy as np
import pytest

from forensics.detectors.logging.values_filtered import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals

STEPS = np.arange(1, 41) * 100


def norms(broken: int) -> Signal:
    return signal("grad_norm", np.r_[np.ones(40 - broken), np.full(broken, np.nan)], quantity=Quantity.GRADIENT_NORM)


def loss(count: int) -> Signal:
    return signal("loss", np.ones(count), STEPS[:count], quantity=Quantity.LOSS)


def test_a_loss_that_is_missing_where_the_gradient_is_nan_fires() -> None:
    finding = detect(signals(norms(10), loss(30)))
    assert (finding.status, finding.onset) == (Status.FIRED, 3100)


def test_a_loss_that_shows_the_nan_steps_stays_clear() -> None:
    assert detect(signals(norms(10), loss(40))).status is Status.CLEAR


@pytest.mark.parametrize(("broken", "status"), [(2, Status.CLEAR), (3, Status.FIRED)])
def test_two_gaps_are_chance(broken: int, status: Status) -> None:
    assert detect(signals(norms(broken), loss(40 - broken))).status is status


def test_a_loss_on_another_grid_is_not_compared() -> None:
    other = signal("loss", np.ones(40), STEPS + 50, quantity=Quantity.LOSS)
    assert detect(signals(norms(10), other)).status is Status.CLEAR


def test_returns_without_an_episode_are_no_broken_values() -> None:
    empty = signal("ep_rew", np.full(40, np.nan), quantity=Quantity.EPISODIC_RETURN)
    assert detect(signals(empty, loss(30))).status is Status.CLEAR


def test_without_a_loss_it_abstains() -> None:
    assert detect(signals(norms(10))).status is Status.NOT_APPLICABLE
