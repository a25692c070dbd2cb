import numpy as np
import pytest

from forensics.detectors.logging.logging_stopped import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def tag(name: str, count: int, quantity: Quantity, source: str = "tensorboard", role: Role = Role.NONE) -> Signal:
    return signal(name, np.ones(count), quantity=quantity, role=role, series_fields={"source": source})


REWARD = tag("reward", 100, Quantity.REWARD)


@pytest.mark.parametrize(("count", "status"), [(79, Status.FIRED), (81, Status.CLEAR)])
def test_training_numbers_that_stop_a_fifth_before_the_run_fire(count: int, status: Status) -> None:
    assert detect(signals(REWARD, tag("loss", count, Quantity.LOSS))).status is status


def test_a_sink_that_stops_fires() -> None:
    log = tag("reward", 40, Quantity.REWARD, "log")
    finding = detect(signals(REWARD, log))
    assert (finding.status, finding.onset) == (Status.FIRED, 4000)


def test_one_loss_that_goes_on_speaks_for_all() -> None:
    run = signals(REWARD, tag("a_loss", 30, Quantity.LOSS), tag("b_loss", 100, Quantity.LOSS))
    assert detect(run).status is Status.CLEAR


def test_evaluations_and_alerts_have_no_end() -> None:
    evaluation = tag("eval/return", 20, Quantity.EPISODIC_RETURN, "npz", Role.EVALUATION)
    assert detect(signals(REWARD, evaluation, tag("alert", 20, Quantity.ALERT, "log"))).status is Status.NOT_APPLICABLE
