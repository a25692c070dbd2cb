from pathlib import Path

import numpy as np
import pytest

from forensics.detectors.policy.action_one_sided import detect
from forensics.model.finding import Status
from tests.builders import signals
from tests.detectors.changes import CHANGES, Change, archived, changed
from tests.detectors.policy.series import executed, saturation

SHAPE = (40, 200)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_wheel_held_hard_over_fires(archived_runs: Path, change: Change) -> None:
    assert detect(changed(archived(archived_runs / "seed-day21-run7"), change)).status is Status.FIRED


def test_a_bang_bang_policy_is_not_one_sided() -> None:
    sides = np.sign(np.random.default_rng(2).normal(size=SHAPE))
    assert detect(signals(*executed(sides, 0.1))).status is Status.CLEAR


def test_the_collapsed_component_is_found_among_others() -> None:
    free = executed(np.random.default_rng(5).uniform(-2, 2, SHAPE), 0.0, name="throttle")
    finding = detect(signals(*free, *executed(np.full(SHAPE, -1.0), 0.1)))
    assert finding.status is Status.FIRED
    assert "steering" in finding.statement


def test_a_share_of_saturated_actions_does_not_tell_the_side() -> None:
    assert detect(signals(saturation(np.ones(40)))).status is Status.NOT_APPLICABLE


def test_a_few_points_decide_nothing() -> None:
    assert detect(signals(*executed(np.ones((5, 200)), 0.1))).status is Status.INCONCLUSIVE
