from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values.q_exceeds_return_bound import detect
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.values.series import batch, policy, reward


def _rewards(low: float = -1.0, high: float = 2.0, count: int = 20) -> tuple[Signal, Signal]:
    return reward(Statistic.MIN, np.full(count, low)), reward(Statistic.MAX, np.full(count, high))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7"])
def test_values_beyond_all_rewards_fire(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.FIRED


@pytest.mark.parametrize(
    ("q", "status"),
    [
        (190.0, Status.CLEAR),
        (250.0, Status.INCONCLUSIVE),
        (310.0, Status.FIRED),
        (-90.0, Status.CLEAR),
        (-160.0, Status.FIRED),
    ],
)
def test_the_bound_is_the_largest_reward_for_ever(q: float, status: Status) -> None:
    finding = detect(signals(batch(np.full(20, q)), *_rewards(), facts={"gamma": 0.99}))
    assert finding.status is status


def test_the_configured_discount_serves_where_none_is_established() -> None:
    assert detect(signals(policy(np.full(20, 1e6)), *_rewards(), config={"gamma": 0.99})).status is Status.FIRED


def test_a_single_point_beyond_decides_nothing() -> None:
    q = np.full(20, 100.0)
    q[7] = 1e6
    assert detect(signals(batch(q), *_rewards(), facts={"gamma": 0.99})).status is Status.INCONCLUSIVE


def test_an_entropy_bonus_of_unknown_size_is_not_judged() -> None:
    bonus = signal("train/ent_coef", np.full(20, 0.2), quantity=Quantity.ENTROPY_COEFFICIENT)
    run = signals(batch(np.full(20, 1e4)), *_rewards(), bonus, facts={"gamma": 0.99})
    assert detect(run).status is Status.INCONCLUSIVE


def test_a_known_entropy_bonus_widens_the_bound() -> None:
    bonus = signal("train/ent_coef", np.full(20, 0.5), quantity=Quantity.ENTROPY_COEFFICIENT)
    entropy = signal("train/entropy", np.full(20, 4.0), quantity=Quantity.ENTROPY)
    run = signals(batch(np.full(20, 390.0)), *_rewards(), bonus, entropy, facts={"gamma": 0.99})
    assert detect(run).status is Status.CLEAR


def test_a_discount_of_one_bounds_nothing() -> None:
    assert detect(signals(batch(np.full(20, 1e9)), *_rewards(), facts={"gamma": 1.0})).status is Status.INCONCLUSIVE


def test_without_a_discount_it_names_what_is_missing() -> None:
    finding = detect(signals(batch(np.full(20, 1e9)), *_rewards()))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.missing == ["discount gamma"]
