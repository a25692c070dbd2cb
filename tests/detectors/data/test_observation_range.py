import numpy as np
import pytest

from forensics.detectors.data.observation_range import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def largest(value: float, count: int = 20) -> Signal:
    return signal(
        "debug/observation_max", np.full(count, value), quantity=Quantity.OBSERVATION, statistic=Statistic.MAX
    )


@pytest.mark.parametrize(("value", "status"), [(1.0, Status.CLEAR), (99.0, Status.CLEAR), (255.0, Status.FIRED)])
def test_raw_pixels_fire(value: float, status: Status) -> None:
    assert detect(signals(largest(value))).status is status


def test_one_outlier_is_no_range() -> None:
    values = np.ones(20)
    values[3] = 1e6
    spike = signal("debug/observation_max", values, quantity=Quantity.OBSERVATION, statistic=Statistic.MAX)
    assert detect(signals(spike)).status is Status.CLEAR


@pytest.mark.parametrize("run", [signals(), signals(largest(255.0, 4))])
def test_without_five_points_it_abstains(run: object) -> None:
    assert detect(run).status is Status.NOT_APPLICABLE  # type: ignore[arg-type]
