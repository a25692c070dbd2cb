from pathlib import Path

import pytest

from forensics.detectors.config.target_rate_extreme import detect
from forensics.model.finding import Status
from tests.builders import signals
from tests.detectors.changes import archived


@pytest.mark.parametrize(
    ("config", "status"),
    [
        ({"tau": 0.005}, Status.CLEAR),
        ({"tau": 0.0}, Status.FIRED),
        ({"tau": 1e-4}, Status.CLEAR),
        ({"tau": 0.5}, Status.CLEAR),
        ({"tau": 1.0}, Status.FIRED),
        ({"polyak": 0.995}, Status.CLEAR),
        ({"polyak": 1.0}, Status.FIRED),
        ({"polyak": 0.0}, Status.FIRED),
        ({"tau": 1.0, "target_update_interval": 10_000}, Status.CLEAR),
        ({"tau": 1.0, "target_network_frequency": 1}, Status.FIRED),
        ({"tau": 0.0, "target_update_interval": 10_000}, Status.FIRED),
        ({"gamma": 0.0}, Status.NOT_APPLICABLE),
    ],
)
def test_a_target_that_never_moves_or_is_copied_whole_fires(config: dict[str, float], status: Status) -> None:
    assert detect(signals(config=dict(config))).status is status


def test_a_dqn_copies_its_target_by_design() -> None:
    assert detect(signals(algorithm="dqn", config={"tau": 1.0})).status is Status.CLEAR


@pytest.mark.parametrize(
    ("name", "status"),
    [("pendulum-td3-target-network-frozen", Status.FIRED), ("pendulum-sac-healthy", Status.CLEAR)],
)
def test_a_planted_tau_of_zero_fires_and_an_ordinary_one_does_not(name: str, status: Status) -> None:
    assert detect(archived(Path(__file__).parents[2] / "archive" / name)).status is status
