from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.losses.actor_loss_not_minus_q import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity
from tests.builders import signal, signals
from tests.detectors.changes import archived
from tests.detectors.values.series import learning, loss, policy

Q = learning(40)


@pytest.mark.parametrize(
    ("factor", "status"),
    [(-1.0, Status.CLEAR), (-1.04, Status.CLEAR), (-1.06, Status.FIRED), (1.0, Status.FIRED), (-256.0, Status.FIRED)],
)
def test_only_minus_one_is_the_identity(factor: float, status: Status) -> None:
    assert detect(signals(loss(Network.ACTOR, factor * Q), policy(Q))).status is status


def test_a_loss_with_another_term_is_left_alone() -> None:
    assert detect(signals(loss(Network.ACTOR, 20 - Q), policy(Q))).status is Status.INCONCLUSIVE


def test_an_entropy_bonus_makes_it_not_apply() -> None:
    bonus = signal("train/ent_coef", np.full(40, 0.1), quantity=Quantity.ENTROPY_COEFFICIENT)
    assert detect(signals(loss(Network.ACTOR, -2 * Q), policy(Q), bonus)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("name", ["seed-day20-run3", "seed-day21-run7"])
def test_archived_runs_obey_the_identity(archived_runs: Path, name: str) -> None:
    assert detect(archived(archived_runs / name)).status is Status.CLEAR


def test_without_the_policys_q_it_abstains() -> None:
    finding = detect(signals(loss(Network.ACTOR, -Q)))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.missing == ["mean Q of the policy's actions"]
