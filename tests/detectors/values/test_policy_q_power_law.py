from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.values.policy_q_power_law import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.values.series import batch, learning, loss, policy

SEED_RUNS = ("seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7")
UPDATES = np.arange(1, 41) * 100.0


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", SEED_RUNS)
def test_an_encoder_trained_to_raise_q_fires(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.FIRED


def test_the_exponent_is_read_off() -> None:
    finding = detect(signals(policy(1e-3 * UPDATES**3), batch(learning(40))))
    assert finding.status is Status.FIRED
    exponent = finding.values["exponent"]
    assert isinstance(exponent, float)
    assert exponent == pytest.approx(3.0, abs=0.05)


def test_healthy_growth_that_the_batch_shares_stays_clear() -> None:
    q = 0.01 * UPDATES**1.5
    assert detect(signals(policy(1.05 * q), batch(q))).status is Status.CLEAR


def test_an_exponential_is_no_power() -> None:
    assert detect(signals(policy(np.exp(UPDATES / 200)), batch(learning(40)))).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("exponent", "status"), [(1.1, Status.CLEAR), (2.0, Status.FIRED)])
def test_under_two_decades_is_no_explosion(exponent: float, status: Status) -> None:
    assert detect(signals(policy(UPDATES**exponent), batch(learning(40)))).status is status


def test_with_nothing_to_compare_it_decides_nothing() -> None:
    assert detect(signals(policy(UPDATES**4))).status is Status.INCONCLUSIVE


def test_the_critic_loss_stands_in_for_q_on_the_batch() -> None:
    assert detect(signals(policy(UPDATES**4), loss(Network.CRITIC, learning(40)))).status is Status.FIRED


def test_without_the_policys_q_it_abstains() -> None:
    assert detect(signals(batch(learning(40)))).status is Status.NOT_APPLICABLE
