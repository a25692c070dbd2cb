import numpy as np
import pytest

from forensics.detectors.values.feature_norm_explodes import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def features(values: np.ndarray) -> Signal:
    return signal(
        "features/critic_feature_norm",
        values,
        quantity=Quantity.FEATURE_NORM,
        network=Network.CRITIC,
        statistic=Statistic.NORM,
    )


def test_features_that_grow_by_decades_fire() -> None:
    finding = detect(signals(features(np.geomspace(5, 5e4, 60))))
    assert finding.status is Status.FIRED
    assert finding.onset is not None


def test_features_that_drift_stay_clear() -> None:
    assert detect(signals(features(np.linspace(15, 60, 60)))).status is Status.CLEAR


@pytest.mark.parametrize(("last", "status"), [(2e2, Status.FIRED), (0.8e2, Status.CLEAR)])
def test_two_decades_are_the_border(last: float, status: Status) -> None:
    assert detect(signals(features(np.geomspace(1, last, 60)))).status is status


def test_without_enough_points_it_abstains() -> None:
    assert detect(signals()).status is Status.NOT_APPLICABLE
    assert detect(signals(features(np.geomspace(1, 1e4, 9)))).status is Status.NOT_APPLICABLE
