from typing import Any

import numpy as np
import pytest

from forensics.detectors.data.done_share_of_time_limit import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Role
from forensics.signals.signals import Signal, Signals
from tests.builders import signal, signals

LIMIT, BATCH = 50, 64
RNG = np.random.default_rng(11)


def lengths(capped: float, episodes: int = 120) -> np.ndarray:
    """Lengths of episodes of which a share runs to the limit."""
    early = RNG.integers(5, LIMIT, episodes)
    return np.where(RNG.uniform(size=episodes) < capped, LIMIT, early)


def run(length: np.ndarray, *, stored: bool, capacity: int = 100_000, **config: Any) -> Signals:
    """A run whose batches are drawn from a buffer in which limits are stored as terminal, or not."""
    ends = np.cumsum(length)
    kept = ends if stored else ends[length < LIMIT]
    steps = np.arange(500, int(ends[-1]), 10)
    held = np.minimum(steps, capacity)
    inside = np.searchsorted(kept, steps, side="right") - np.searchsorted(kept, steps - held, side="right")
    share = RNG.binomial(BATCH, inside / held) / BATCH
    return signals(
        signal("replay/done_share", share, steps, quantity=Quantity.DONE_SHARE),
        signal("replay/buffer_size", held, steps, quantity=Quantity.BUFFER_SIZE),
        signal("episode_length", length, ends, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN),
        config={"batch_size": BATCH, "max_episode_steps": LIMIT, **config},
    )


def without(seen: Signals, tag: str) -> Signals:
    return signals(*[one for one in seen.signals if one.tag != tag], config={"batch_size": BATCH})


@pytest.mark.parametrize("capacity", [600, 100_000])
@pytest.mark.parametrize(("stored", "status"), [(True, Status.FIRED), (False, Status.CLEAR)])
def test_stored_limits_are_told_from_ends_that_were_not(stored: bool, status: Status, capacity: int) -> None:
    assert detect(run(lengths(0.6), stored=stored, capacity=capacity)).status is status


def test_where_all_episodes_run_to_the_limit_none_is_terminal() -> None:
    assert detect(run(lengths(1.0), stored=False)).status is Status.CLEAR
    assert detect(run(lengths(1.0), stored=True)).status is Status.FIRED


def test_few_limits_decide_nothing() -> None:
    assert detect(run(lengths(0.01), stored=True)).status is Status.INCONCLUSIVE


def test_shares_that_fit_neither_count_decide_nothing() -> None:
    seen = run(lengths(0.6), stored=True)
    doubled: list[Signal] = [
        signal(one.tag, np.minimum(3 * one.values, 1.0), one.steps, quantity=Quantity.DONE_SHARE)
        if one.meaning.quantity is Quantity.DONE_SHARE
        else one
        for one in seen.signals
    ]
    assert detect(signals(*doubled, config={"batch_size": BATCH})).status is Status.INCONCLUSIVE


def test_without_lengths_share_or_limit_it_abstains() -> None:
    seen = run(lengths(0.6), stored=True)
    assert detect(without(seen, "replay/done_share")).status is Status.NOT_APPLICABLE
    assert detect(without(seen, "episode_length")).status is Status.NOT_APPLICABLE
    assert detect(signals(*seen.signals)).status is Status.NOT_APPLICABLE


def test_means_over_windows_of_episodes_do_not_count_ends() -> None:
    seen = run(lengths(0.6), stored=True)
    windows = [
        signal(one.tag, np.full(len(one), 33.0), one.steps, quantity=Quantity.EPISODE_LENGTH, role=Role.TRAIN)
        if one.tag == "episode_length"
        else one
        for one in seen.signals
    ]
    assert detect(signals(*windows, config={"batch_size": BATCH})).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("config", [{"n_step": 3}, {"prioritized_replay": True}])
def test_draws_that_meet_ends_more_often_decide_nothing(config: dict[str, Any]) -> None:
    assert detect(run(lengths(0.6), stored=True, **config)).status is Status.INCONCLUSIVE
