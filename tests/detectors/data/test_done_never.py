from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.data.done_never import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import archived

EARLY = np.random.default_rng(9).uniform(10, 100, 60)


def share(value: float) -> Signal:
    return signal("debug/done_ratio", np.full(40, value), quantity=Quantity.DONE_SHARE)


def length(values: np.ndarray) -> Signal:
    return signal("ep_len", values, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)


@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7"])
def test_terminals_that_are_stored_stay_clear(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_no_terminal_in_the_batches_while_episodes_end_early_fires() -> None:
    assert detect(signals(share(0.0), length(EARLY), config={"batch_size": 256})).status is Status.FIRED


@pytest.mark.parametrize(("batch", "status"), [(12, Status.INCONCLUSIVE), (20, Status.FIRED)])
def test_ten_terminals_must_have_been_expected(batch: int, status: Status) -> None:
    assert detect(signals(share(0.0), length(EARLY), config={"batch_size": batch})).status is status


def test_episodes_that_end_at_the_time_limit_hold_no_terminal() -> None:
    capped = length(np.full(60, 200.0))
    assert detect(signals(share(0.0), capped, config={"batch_size": 256})).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("value", "status"), [(1.0, Status.FIRED), (0.5, Status.CLEAR)])
def test_terminals_everywhere_fire(value: float, status: Status) -> None:
    assert detect(signals(share(value))).status is status


def test_without_the_share_or_the_lengths_it_abstains() -> None:
    assert detect(signals(length(EARLY))).status is Status.NOT_APPLICABLE
    assert detect(signals(share(0.0))).status is Status.NOT_APPLICABLE
