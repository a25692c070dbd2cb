from dataclasses import replace

import numpy as np
import pytest

from forensics.detectors.values import q_overestimates_both, q_underestimates
from forensics.detectors.values.bias import allowed
from forensics.model.finding import Status
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.signals import Signals
from tests.builders import signal, signals
from tests.detectors.values.series import batch, batch_statistic, lengths, policy, returns

RISE = np.minimum(1.0, np.linspace(0.1, 4.0, 30))


def _run(q: float, episodic_return: float, batch_q: float | None = None) -> Signals:
    """A run of 200-step episodes and gamma 0.99, so that a return R allows values up to R / 2."""
    return signals(
        policy(q * RISE),
        batch((q if batch_q is None else batch_q) * RISE),
        returns(np.full(30, episodic_return)),
        lengths(np.full(30, 200.0)),
        facts={"gamma": 0.99},
    )


def test_a_long_episode_allows_its_reward_for_ever() -> None:
    bound = allowed(np.full(10, 1e5), 1e5, 0.99)
    assert bound.high == pytest.approx(100.0)
    assert bound.low == 0
    assert bound.late == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize(("q", "status"), [(190.0, Status.CLEAR), (210.0, Status.FIRED)])
def test_twice_the_allowed_return_is_an_overestimate(q: float, status: Status) -> None:
    assert q_overestimates_both.detect(_run(q, 200.0)).status is status


def test_a_policy_value_alone_is_no_overestimate_of_both() -> None:
    assert q_overestimates_both.detect(_run(1e6, 200.0, batch_q=80.0)).status is Status.CLEAR


def test_positive_values_of_costs_are_an_overestimate() -> None:
    assert q_overestimates_both.detect(_run(150.0, -200.0)).status is Status.FIRED


def test_the_guess_of_an_untrained_network_is_no_overestimate() -> None:
    run = signals(
        policy(np.full(30, 0.07)),
        batch(np.full(30, 0.07)),
        returns(np.full(30, -0.05)),
        lengths(np.full(30, 999.0)),
        facts={"gamma": 0.99},
    )
    assert q_overestimates_both.detect(run).status is Status.INCONCLUSIVE


def test_an_entropy_bonus_is_no_overestimate() -> None:
    run = _run(400.0, 200.0)
    bonus = signal("train/ent_coef", np.full(30, 0.5), quantity=Quantity.ENTROPY_COEFFICIENT)
    assert q_overestimates_both.detect(replace(run, signals=(*run.signals, bonus))).status is Status.INCONCLUSIVE


def test_values_that_vary_over_states_up_to_the_return_are_no_underestimate() -> None:
    run = _run(1.0, 200.0)
    spread = batch_statistic(Statistic.STD, np.full(30, 30.0))
    assert q_underestimates.detect(replace(run, signals=(*run.signals, spread))).status is Status.INCONCLUSIVE


@pytest.mark.parametrize(("q", "status"), [(40.0, Status.CLEAR), (8.0, Status.FIRED)])
def test_a_quarter_of_the_late_return_is_an_underestimate(q: float, status: Status) -> None:
    assert q_underestimates.detect(_run(q, 200.0)).status is status


@pytest.mark.parametrize(("q", "status"), [(-150.0, Status.CLEAR), (-250.0, Status.FIRED)])
def test_twice_the_worst_cost_is_an_underestimate(q: float, status: Status) -> None:
    assert q_underestimates.detect(_run(q, -200.0)).status is status


@pytest.mark.parametrize("detector", [q_overestimates_both, q_underestimates])
def test_returns_of_zero_give_no_scale(detector) -> None:  # type: ignore[no-untyped-def]
    assert detector.detect(_run(5.0, 0.0)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize("detector", [q_overestimates_both, q_underestimates])
def test_without_returns_it_abstains(detector) -> None:  # type: ignore[no-untyped-def]
    finding = detector.detect(signals(policy(np.ones(30)), batch(np.ones(30)), facts={"gamma": 0.99}))
    assert finding.status is Status.NOT_APPLICABLE
    assert "episodic return" in finding.missing
