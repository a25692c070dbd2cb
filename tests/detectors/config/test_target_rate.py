"""A target that never moves is told from one that is copied whole, and both from a slow one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.config import target_rate_one, target_rate_zero
from forensics.model.finding import Status
from tests.builders import signals
from tests.detectors.changes import archived
from tests.detectors.values.series import returns

FIRED, CLEAR = Status.FIRED, Status.CLEAR


@pytest.mark.parametrize(
    ("config", "never", "whole"),
    [
        ({"tau": 0.005}, CLEAR, CLEAR),
        ({"tau": 0.0}, FIRED, CLEAR),
        ({"tau": 1e-4}, CLEAR, CLEAR),
        ({"tau": 0.25}, CLEAR, CLEAR),
        ({"target_tau": 0.75}, CLEAR, FIRED),
        ({"tau": 1.0}, CLEAR, FIRED),
        ({"polyak": 0.995}, CLEAR, CLEAR),
        ({"polyak": 1.0}, FIRED, CLEAR),
        ({"polyak": 0.0}, CLEAR, FIRED),
        ({"tau": 1.0, "target_update_interval": 10_000}, CLEAR, CLEAR),
        ({"tau": 1.0, "target_network_frequency": 1}, CLEAR, FIRED),
        ({"tau": 0.0, "target_update_interval": 10_000}, FIRED, CLEAR),
        ({"gamma": 0.0}, Status.NOT_APPLICABLE, Status.NOT_APPLICABLE),
    ],
)
def test_each_end_of_the_scale_is_an_observation_of_its_own(
    config: dict[str, float], never: Status, whole: Status
) -> None:
    seen = signals(config=dict(config))
    assert (target_rate_zero.detect(seen).status, target_rate_one.detect(seen).status) == (never, whole)


@pytest.mark.parametrize(
    ("algorithm", "config"),
    [
        ("a3c", {"tau": 1.0}),
        ("ppo", {"params.config.tau": 0.95}),
        ("", {"tau": 1.0, "use_gae": True}),
        ("iql", {"tau": 0.7, "alpha": 0.005}),
    ],
)
def test_a_tau_of_advantages_or_expectiles_is_no_rate(algorithm: str, config: dict[str, object]) -> None:
    seen = signals(algorithm=algorithm, config=config)
    assert target_rate_one.detect(seen).status is Status.NOT_APPLICABLE


def test_a_tau_close_to_one_is_a_rate_where_the_algorithm_has_targets() -> None:
    assert target_rate_one.detect(signals(algorithm="sac", config={"tau": 0.9})).status is FIRED


def test_a_dqn_copies_its_target_by_design() -> None:
    assert target_rate_one.detect(signals(algorithm="dqn", config={"tau": 1.0})).status is CLEAR


@pytest.mark.parametrize(
    ("name", "status"), [("pendulum-td3-target-network-frozen", FIRED), ("pendulum-sac-healthy", CLEAR)]
)
def test_a_planted_tau_of_zero_fires_and_an_ordinary_one_does_not(name: str, status: Status) -> None:
    run = archived(Path(__file__).parents[2] / "archive" / name)
    assert target_rate_zero.detect(run).status is status


@pytest.mark.parametrize(
    ("interval", "steps", "status"),
    [(10_000_000, 50_000, FIRED), (10_000, 8_000, Status.NOT_APPLICABLE), (200_000, 1_000_000, Status.NOT_APPLICABLE)],
    ids=["never in the run nor ever usual", "a short run with a usual interval", "a long run"],
)
def test_a_copy_that_is_never_due_leaves_the_target_where_it_was(interval: int, steps: int, status: Status) -> None:
    run = signals(config={"target_update_interval": interval}, facts={"env_steps": steps})
    assert target_rate_zero.detect(run).status is status


def test_an_interval_that_no_copy_met_weighs_less_where_the_return_rises() -> None:
    ends = ((0.0, 0.0), (0.0, 100.0))
    still, learned = (
        target_rate_zero.detect(
            signals(
                returns(np.linspace(first, last, 60) + np.sin(np.arange(60))),
                config={"target_update_interval": 10_000_000},
                facts={"env_steps": 50_000},
            )
        )
        for first, last in ends
    )
    assert still.status is learned.status is FIRED
    assert still.leak is not None
    assert learned.leak is not None
    assert still.leak < learned.leak
