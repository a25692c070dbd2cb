import numpy as np
import pytest

from forensics.detectors.run.wall_clock_stall import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def timed(gaps: dict[int, float], count: int = 60, usual: float = 10.0, **fields: object) -> Signal:
    between = np.full(count - 1, usual)
    for at, seconds in gaps.items():
        between[at] = seconds
    walls = 1.7e9 + np.r_[0.0, np.cumsum(between)]
    return signal("loss", np.ones(count), quantity=Quantity.LOSS, series_fields={"wall_times": walls, **fields})


@pytest.mark.parametrize(("seconds", "status"), [(95.0, Status.CLEAR), (105.0, Status.FIRED)])
def test_a_gap_of_ten_usual_ones_is_a_stall(seconds: float, status: Status) -> None:
    assert detect(signals(timed({30: seconds}))).status is status


def test_the_onset_is_the_last_step_before_the_gap() -> None:
    assert detect(signals(timed({30: 4000.0}))).onset == 3100


def test_a_gap_of_seconds_is_no_stall() -> None:
    assert detect(signals(timed({30: 5.0}, usual=0.1))).status is Status.CLEAR


def test_gaps_that_come_back_are_evaluations() -> None:
    assert detect(signals(timed(dict.fromkeys(range(9, 59, 10), 300.0)))).status is Status.CLEAR


def test_an_evaluation_explains_the_gap() -> None:
    evaluation = signal("eval/return", [1.0], [3150], quantity=Quantity.EPISODIC_RETURN, role=Role.EVALUATION)
    assert detect(signals(timed({30: 4000.0}), evaluation)).status is Status.CLEAR


def test_the_pause_before_a_resume_is_no_stall() -> None:
    segment = np.r_[np.zeros(31, np.int32), np.ones(29, np.int32)]
    assert detect(signals(timed({30: 90_000.0}, segment=segment))).status is Status.CLEAR


@pytest.mark.parametrize("run", [signals(), signals(timed({5: 900.0}, count=29)), signals(timed({}, usual=0.0))])
def test_without_thirty_times_it_abstains(run: object) -> None:
    assert detect(run).status is Status.NOT_APPLICABLE  # type: ignore[arg-type]


def test_a_pause_that_takes_a_fifth_of_the_run_weighs_more() -> None:
    short, long = (detect(signals(timed({30: seconds}))) for seconds in (120.0, 4000.0))
    assert short.leak is not None
    assert long.leak is not None
    assert long.leak < short.leak / 2
