from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.logging.stale_repeats import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

RANDOM = np.random.default_rng(6)
FRESH = RANDOM.normal(size=60)


def loss(values: np.ndarray, network: Network = Network.ACTOR) -> Signal:
    return signal(f"train/{network.value}_loss", values, quantity=Quantity.LOSS, network=network)


CRITIC = loss(RANDOM.lognormal(size=60), Network.CRITIC)


def tail(points: int) -> np.ndarray:
    values = FRESH.copy()
    values[60 - points :] = 0.123
    return values


def test_a_loss_logged_again_between_delayed_updates_fires_with_its_period() -> None:
    finding = detect(signals(loss(np.repeat(FRESH[:30], 2)), CRITIC))
    assert (finding.status, finding.values["period"]) == (Status.FIRED, 2)


@pytest.mark.parametrize(("points", "status"), [(17, Status.CLEAR), (19, Status.FIRED)])
def test_a_tail_of_three_tenths_fires(points: int, status: Status) -> None:
    assert detect(signals(loss(tail(points)), CRITIC)).status is status


def test_where_everything_stands_still_the_run_did() -> None:
    frozen = loss(tail(30), Network.CRITIC)
    assert detect(signals(loss(tail(30)), frozen)).status is Status.CLEAR


def test_zeros_whole_numbers_and_targets_are_constant_by_nature() -> None:
    zero = np.where(np.arange(60) < 30, FRESH, 0.0)
    target = signal("target_q", tail(30), quantity=Quantity.Q_VALUE, role=Role.TARGET)
    whole = loss(np.repeat(np.arange(30.0), 2), Network.VALUE)
    assert detect(signals(loss(zero), CRITIC, target, whole)).status is Status.CLEAR


def test_parameters_and_returns_may_stand_still() -> None:
    parameter = signal("actor/std", tail(30), quantity=Quantity.PARAMETER)
    returned = signal("ep_rew", tail(30), quantity=Quantity.EPISODIC_RETURN)
    assert detect(signals(loss(FRESH), CRITIC, parameter, returned)).status is Status.CLEAR


@pytest.mark.parametrize(
    "name", ["seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7", "ray-sac-halfcheetah-2021"]
)
def test_archived_runs_log_fresh_values(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_one_series_has_nothing_to_be_compared_with() -> None:
    assert detect(signals(loss(tail(30)))).status is Status.NOT_APPLICABLE
