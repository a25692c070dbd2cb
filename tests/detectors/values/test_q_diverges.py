from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from forensics.detectors.values.q_diverges import detect
from forensics.model.finding import Status
from forensics.model.meaning import Axis, Network
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.values.series import batch, learning, loss, policy, returns


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_offline_divergence_fires_and_its_cloning_sibling_does_not(archived_runs: Path, change: Change) -> None:
    assert detect(changed(archived(archived_runs / "d3-td3-hopper-medium"), change)).status is Status.FIRED
    assert detect(changed(archived(archived_runs / "d3-td3bc-hopper-medium"), change)).status is Status.CLEAR


@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7", "seed-day16"])
def test_a_critic_that_stays_at_the_scale_of_the_returns_is_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_growth_from_an_untrained_start_to_the_returns_is_learning() -> None:
    run = signals(batch(0.01 + learning(60, 900.0)), returns(np.linspace(0, 1000, 60)))
    assert detect(run).status is Status.CLEAR


@pytest.mark.parametrize(("end", "status"), [(1.8, Status.CLEAR), (2.4, Status.FIRED)])
def test_two_decades_beyond_the_returns_are_the_limit(end: float, status: Status) -> None:
    run = signals(batch(np.logspace(0, end, 100)), returns(np.full(60, 1.0)))
    assert detect(run).status is status


def test_q_of_the_policy_alone_does_not_count() -> None:
    assert detect(signals(policy(np.logspace(0, 9, 60)))).status is Status.NOT_APPLICABLE


def test_q_of_the_policy_counts_on_a_fixed_data_set() -> None:
    course = np.logspace(0, 4, 60)
    learned = [policy(course), loss(Network.CRITIC, np.sqrt(course))]
    offline = [replace(item, meaning=msgspec.structs.replace(item.meaning, axis=Axis.UPDATE)) for item in learned]
    assert detect(signals(*offline)).status is Status.FIRED
    assert detect(signals(*offline, returns(np.ones(60)))).status is Status.CLEAR


def test_a_loss_that_blew_up_once_and_settled_is_clear() -> None:
    course = np.concatenate([np.full(10, 1.0), np.full(50, 1e9)])
    assert detect(signals(loss(Network.CRITIC, course))).status is Status.CLEAR
