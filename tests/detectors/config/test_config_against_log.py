import numpy as np
import pytest

from forensics.detectors.config.config_against_log import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals


def rate(*values: float, network: Network = Network.ACTOR) -> Signal:
    return signal(f"{network.value}/lr", np.array(values), quantity=Quantity.LEARNING_RATE, network=network)


@pytest.mark.parametrize(("seen", "status"), [(1e-3, Status.CLEAR), (0.97e-3, Status.CLEAR), (3e-4, Status.FIRED)])
def test_the_configured_rate_must_be_the_logged_one(seen: float, status: Status) -> None:
    assert detect(signals(rate(seen, seen), config={"learning_rate": 1e-3})).status is status


def test_what_differs_is_told_with_both_values() -> None:
    finding = detect(signals(rate(3e-4, 3e-4), config={"learning_rate": 1e-3}))
    assert "0.0003 against 0.001 configured" in finding.statement
    assert {ref.key for ref in finding.evidence} == {"learning_rate", None}


def test_each_network_may_have_a_rate_of_its_own() -> None:
    both = rate(1e-3, 1e-3), rate(3e-4, 3e-4, network=Network.CRITIC)
    assert detect(signals(*both, config={"actor_lr": 1e-3, "critic_lr": 3e-4})).status is Status.CLEAR


def test_a_schedule_that_stays_below_its_setting_is_no_contradiction() -> None:
    assert detect(signals(rate(1e-4, 3e-4, 5e-4), config={"lr": 1e-3})).status is Status.NOT_APPLICABLE
    assert detect(signals(rate(1e-3, 3e-3, 5e-3), config={"lr": 1e-3})).status is Status.FIRED


@pytest.mark.parametrize(("limit", "status"), [(0.5, Status.CLEAR), (1.0, Status.FIRED)])
def test_an_established_clip_limit_is_compared(limit: float, status: Status) -> None:
    run = signals(facts={"clip_limit.actor": limit}, config={"max_grad_norm": 0.5})
    assert detect(run).status is status


@pytest.mark.parametrize(("start", "status"), [(10_400, Status.CLEAR), (1000, Status.FIRED)])
def test_the_start_of_learning_is_compared(start: int, status: Status) -> None:
    assert detect(signals(facts={"learning_starts": start}, config={"learning_starts": 10_000})).status is status


def test_a_few_steps_before_the_first_update_are_within_a_record() -> None:
    assert detect(signals(facts={"learning_starts": 64}, config={"learning_starts": 100})).status is not Status.FIRED


def test_without_a_configuration_or_its_counterpart_it_abstains() -> None:
    assert detect(signals(rate(1e-3, 1e-3))).status is Status.NOT_APPLICABLE
    assert detect(signals(config={"learning_rate": 1e-3})).status is Status.NOT_APPLICABLE
