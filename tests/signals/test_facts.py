"""Numbers about the whole run are established from identities between its series."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.model.evidence import Run
from forensics.model.meaning import Axis, Network, Quantity, Role, Statistic
from forensics.signals.facts import establish_facts
from forensics.signals.objective import establish_policy_q
from tests.builders import signal

RNG = np.random.default_rng(3)
RUN = Run(name="run", path="run")
DONE = RNG.uniform(0, 0.1, 30)


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("gamma", [0.9, 0.99])
def test_gamma_is_read_from_discount_and_done_share(gamma: float, noise: float) -> None:
    discount = gamma * (1 - DONE) * (1 + noise * RNG.normal(size=30))
    facts = establish_facts(
        [
            signal("effective_discount", discount, quantity=Quantity.DISCOUNT),
            signal("done_ratio", DONE, quantity=Quantity.DONE_SHARE),
        ],
        RUN,
    )
    assert facts["gamma"].value == pytest.approx(gamma, rel=0.01)


def test_gamma_is_not_established_where_the_ratio_is_no_constant() -> None:
    facts = establish_facts(
        [
            signal("discount", RNG.uniform(0.2, 0.99, 30), quantity=Quantity.DISCOUNT),
            signal("done_ratio", DONE, quantity=Quantity.DONE_SHARE),
        ],
        RUN,
    )
    assert "gamma" not in facts


def test_start_and_rate_of_learning_are_read_from_an_update_counter() -> None:
    steps = np.arange(1100, 3701, 100)
    facts = establish_facts([signal("n_updates", (steps - 1000) * 0.5, steps, quantity=Quantity.UPDATE_COUNT)], RUN)
    assert facts["updates_per_step"].value == 0.5
    assert facts["learning_starts"].value == 1000
    assert facts["updates"].value == 1350


def test_updates_counted_at_epochs_tell_no_rate_of_learning() -> None:
    epochs = np.arange(1, 17)
    count = signal("info/update_step", 40 * epochs, epochs, quantity=Quantity.UPDATE_COUNT, axis=Axis.EPOCH)
    assert "updates_per_step" not in establish_facts([count], RUN)


def test_the_last_step_is_taken_from_environment_steps_not_from_episodes() -> None:
    facts = establish_facts(
        [
            signal("q", np.zeros(37), np.arange(100, 3701, 100)),
            signal("return", np.zeros(9000), np.arange(9000), axis=Axis.EPISODE),
        ],
        RUN,
    )
    assert facts["env_steps"].value == 3700


def test_minus_the_actor_loss_is_q_of_the_policy() -> None:
    q = RNG.normal(size=20) * 100
    loss = signal("actor_loss", -q, quantity=Quantity.LOSS, network=Network.ACTOR)
    one, other, _ = establish_policy_q(
        [
            signal("unnamed_q", q, quantity=Quantity.Q_VALUE, role=Role.BATCH, statistic=Statistic.MEAN),
            signal("other_q", q * 1.01, quantity=Quantity.Q_VALUE, role=Role.BATCH, statistic=Statistic.MEAN),
            loss,
        ]
    )
    assert one.is_established("role")
    assert one.meaning.role is Role.POLICY
    assert other.meaning.role is Role.BATCH


def test_numbers_of_records_are_no_environment_steps() -> None:
    calls = signal("loss", np.ones(50), range(50), axis=Axis.UNKNOWN, series_fields={"declared": {"counts": "records"}})
    assert "env_steps" not in establish_facts([calls], RUN)
    assert establish_facts([calls], RUN)["last_step"].value == 49
