import numpy as np
import pytest

from forensics.detectors.logging.logging_stopped import detect
from forensics.model.evidence import LogRecord
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


@pytest.mark.parametrize(
    ("steps", "planned", "status"),
    [
        ([2000, 4000, 6000, 8000, 9900], 10_000, Status.FIRED),
        ([2000, 4000, 5000], 10_000, Status.NOT_APPLICABLE),
        ([2000, 40_000, 80_000, 90_000], 10_000, Status.NOT_APPLICABLE),
        ([2000, 4000, 9900], 10_000, Status.NOT_APPLICABLE),
    ],
    ids=["to the planned end", "no farther than the numbers", "in another unit", "a single line"],
)
def test_a_text_log_that_goes_on_to_the_planned_end_fires(steps: list[int], planned: int, status: Status) -> None:
    lines = [
        LogRecord(file="train.log", line=at, last_line=at, message=f"step {step}", step=step)
        for at, step in enumerate(steps, 1)
    ]
    loss = signal("loss", np.ones(50), quantity=Quantity.LOSS)
    run = signals(loss, facts={"env_steps": 5000}, config={"total_timesteps": planned}, logs=lines)
    assert detect(run).status is status
