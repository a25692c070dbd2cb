from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.data.discount_mismatch import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from tests.builders import signal, signals
from tests.detectors.changes import archived

Q = signal("q1", np.ones(50), quantity=Quantity.Q_VALUE)


@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7"])
def test_the_gamma_of_the_log_is_ordinary(archived_runs: Path, name: str) -> None:
    finding = detect(archived(archived_runs / name))
    assert (finding.status, finding.values["gamma"]) == (Status.CLEAR, 0.99)


@pytest.mark.parametrize(("seen", "status"), [(0.99, Status.CLEAR), (0.989, Status.CLEAR), (0.9, Status.FIRED)])
def test_the_configured_gamma_must_be_in_effect(seen: float, status: Status) -> None:
    assert detect(signals(facts={"gamma": seen}, config={"gamma": 0.99})).status is status


@pytest.mark.parametrize(("gamma", "status"), [(0.0, Status.FIRED), (0.05, Status.FIRED), (0.1, Status.CLEAR)])
def test_no_future_fires(gamma: float, status: Status) -> None:
    assert detect(signals(config={"algo.discount": gamma})).status is status


def test_gamma_of_one_fires_only_where_a_critic_bootstraps() -> None:
    assert detect(signals(Q, config={"gamma": 1.0})).status is Status.FIRED
    assert detect(signals(config={"gamma": 1.0})).status is Status.CLEAR


def test_without_a_discount_it_abstains() -> None:
    assert detect(signals(Q)).status is Status.NOT_APPLICABLE
