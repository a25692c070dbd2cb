from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values import twin_critics_apart, twin_critics_identical
from forensics.model.finding import Status
from forensics.model.meaning import Statistic
from tests.builders import signals
from tests.detectors.changes import archived
from tests.detectors.values.series import batch, batch_statistic, learning

Q = learning(40)


def test_one_critic_under_two_names_fires() -> None:
    assert twin_critics_identical.detect(signals(batch(Q), batch(Q, 2))).status is Status.FIRED


def test_one_different_point_makes_two_critics() -> None:
    other = Q.copy()
    other[11] = np.nextafter(other[11], 0)
    assert twin_critics_identical.detect(signals(batch(Q), batch(other, 2))).status is Status.CLEAR


def test_constant_critics_show_nothing() -> None:
    run = signals(batch(np.zeros(40)), batch(np.zeros(40), 2))
    assert twin_critics_identical.detect(run).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("factor", "status"), [(2.8, Status.CLEAR), (3.2, Status.FIRED)])
def test_a_difference_as_large_as_the_mean_is_the_limit(factor: float, status: Status) -> None:
    assert twin_critics_apart.detect(signals(batch(Q), batch(factor * Q, 2))).status is status


def test_critics_near_zero_are_judged_by_their_spread() -> None:
    spread = batch_statistic(Statistic.STD, np.full(40, 30.0))
    assert twin_critics_apart.detect(signals(batch(0.1 * Q), batch(-0.1 * Q, 2), spread)).status is Status.CLEAR


@pytest.mark.parametrize("detector", [twin_critics_apart, twin_critics_identical])
@pytest.mark.parametrize("name", ["seed-day16", "seed-day21-run7"])
def test_real_twins_stay_clear(archived_runs: Path, name: str, detector) -> None:  # type: ignore[no-untyped-def]
    assert detector.detect(archived(archived_runs / name)).status is Status.CLEAR


@pytest.mark.parametrize("detector", [twin_critics_apart, twin_critics_identical])
def test_with_one_critic_it_abstains(detector) -> None:  # type: ignore[no-untyped-def]
    assert detector.detect(signals(batch(Q))).status is Status.NOT_APPLICABLE
