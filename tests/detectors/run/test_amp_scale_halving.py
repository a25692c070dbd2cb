import numpy as np
import pytest

from forensics.detectors.run.amp_scale_halving import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def scale(exponents: list[float]) -> Signal:
    return signal("amp/scale", 2.0 ** np.array(exponents), quantity=Quantity.AMP_SCALE)


@pytest.mark.parametrize(("halvings", "status"), [(9, Status.CLEAR), (10, Status.FIRED)])
def test_ten_halvings_in_a_row_fire(halvings: int, status: Status) -> None:
    assert (
        detect(signals(scale([16.0] * 5 + [16.0 - n for n in range(1, halvings + 1)] + [16.0 - halvings] * 5))).status
        is status
    )


def test_an_equilibrium_of_falls_and_rises_stays_clear() -> None:
    assert detect(signals(scale([16.0, 15.0] * 40))).status is Status.CLEAR


def test_a_scale_below_one_fires() -> None:
    assert detect(signals(scale([5.0] * 10 + [-1.0]))).status is Status.FIRED


def test_the_onset_is_the_first_fall() -> None:
    assert detect(signals(scale([16.0] * 5 + [16.0 - n for n in range(1, 13)]))).onset == 600


@pytest.mark.parametrize("run", [signals(), signals(scale([3.0] * 9))])
def test_without_ten_points_it_abstains(run: object) -> None:
    assert detect(run).status is Status.NOT_APPLICABLE  # type: ignore[arg-type]
