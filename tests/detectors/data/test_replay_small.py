from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.data.replay_small import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

Q = signal("q1", np.ones(50), quantity=Quantity.Q_VALUE)
FACTS: dict[str, float | int | str] = {"env_steps": 20_000}


def buffer(capacity: float) -> Signal:
    steps = np.arange(1, 101) * 200
    return signal("buffer_size", np.minimum(steps, capacity), steps, quantity=Quantity.BUFFER_SIZE)


@pytest.mark.parametrize("name", ["seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7"])
def test_a_buffer_that_still_grows_is_not_small(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


@pytest.mark.parametrize(("capacity", "status"), [(128, Status.FIRED), (1900, Status.FIRED), (6000, Status.CLEAR)])
def test_a_logged_buffer_that_is_full_early_fires_where_it_is_tiny(capacity: int, status: Status) -> None:
    assert detect(signals(buffer(capacity), Q, facts=FACTS)).status is status


def test_the_onset_is_where_it_was_full() -> None:
    assert detect(signals(buffer(1000), Q, facts=FACTS)).onset == 1000


@pytest.mark.parametrize("key", ["buffer_size", "replay.capacity", "agent.replay_size"])
def test_a_configured_capacity_is_enough(key: str) -> None:
    run = signals(Q, facts=FACTS, config={key: 500, "batch_size": 256})
    finding = detect(run)
    assert (finding.status, finding.values["crowded"]) == (Status.FIRED, True)


@pytest.mark.parametrize(("steps", "status"), [(9_000, Status.INCONCLUSIVE), (10_000, Status.FIRED)])
def test_it_must_have_turned_over_ten_times(steps: int, status: Status) -> None:
    run = signals(Q, facts={"env_steps": steps}, config={"buffer_size": 1000, "batch_size": 128})
    assert detect(run).status is status


def test_the_rollout_buffer_of_an_on_policy_method_is_no_replay() -> None:
    assert detect(signals(facts=FACTS, config={"buffer_size": 1000})).status is Status.NOT_APPLICABLE


def test_without_a_capacity_it_abstains() -> None:
    assert detect(signals(Q, facts=FACTS)).status is Status.NOT_APPLICABLE


def test_a_learner_of_q_is_known_by_its_random_actions() -> None:
    rate = signal("rollout/exploration_rate", np.linspace(1, 0.05, 50), quantity=Quantity.EXPLORATION_NOISE)
    config = {"buffer_size": 128, "batch_size": 64}
    assert detect(signals(rate, facts=FACTS, config=config)).status is Status.FIRED
    assert detect(signals(facts=FACTS, config=config)).status is Status.NOT_APPLICABLE
