from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.config.learning_rate_out_of_range import detect
from forensics.model.finding import Status
from forensics.model.meaning import Network, Quantity
from forensics.signals.signals import Signal
from tests.builders import signal, signals
from tests.detectors.changes import CHANGES, Change, archived, changed

Q = signal("q1", np.ones(20), quantity=Quantity.Q_VALUE)


def rate(value: float, network: Network = Network.ACTOR) -> Signal:
    return signal(f"{network.value}/lr", np.full(20, value), quantity=Quantity.LEARNING_RATE, network=network)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize(
    "name", ["seed-day16", "seed-day20-run3", "seed-day21-run7", "mnee-ppo-next", "mnee-ppo-value-dead"]
)
def test_ordinary_rates_stay_clear(archived_runs: Path, name: str, change: Change) -> None:
    assert detect(changed(archived(archived_runs / name), change)).status is Status.CLEAR


@pytest.mark.parametrize(("value", "status"), [(1e-2, Status.CLEAR), (3e-2, Status.FIRED)])
def test_a_rate_above_a_hundredth_fires(value: float, status: Status) -> None:
    assert detect(signals(Q, rate(value))).status is status
    assert detect(signals(Q, config={"critic.learning_rate": value})).status is status


def test_a_planted_rate_of_a_tenth_fires_and_its_healthy_twin_stays_clear() -> None:
    archive = Path(__file__).parents[2] / "archive"
    assert detect(archived(archive / "pendulum-sac-learning-rate-too-high")).values["learning_rate"] == pytest.approx(
        0.1
    )
    assert detect(archived(archive / "pendulum-sac-learning-rate-too-high")).status is Status.FIRED
    assert detect(archived(archive / "pendulum-sac-healthy")).status is Status.CLEAR


def test_the_temperature_has_a_rate_of_its_own() -> None:
    assert detect(signals(Q, rate(0.1, Network.TEMPERATURE), rate(1e-3))).status is Status.CLEAR


@pytest.mark.parametrize("config", [{"optimizer": "SGD"}, {"algo.name": "openaies"}])
def test_other_optimizers_take_larger_rates(config: dict[str, str]) -> None:
    assert detect(signals(Q, rate(0.1), config=config)).status is Status.INCONCLUSIVE


def test_a_supervised_run_is_not_judged() -> None:
    loss = signal("loss", np.ones(20), quantity=Quantity.LOSS)
    assert detect(signals(loss, rate(0.1))).status is Status.NOT_APPLICABLE


def test_without_a_rate_it_abstains() -> None:
    assert detect(signals(Q)).status is Status.NOT_APPLICABLE
