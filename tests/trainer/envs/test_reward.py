"""Reward and ends, without a simulator."""

from __future__ import annotations

import math

import pytest

from trainer.envs.course import Position
from trainer.envs.reasons import STALL_TIME, Reason, failure
from trainer.envs.reward import END_WEIGHT, TARGET_SPEED, no_reward, reward_components

MIDDLE = Position(10.0, 0.0, 0.0, 1.75)


def total(position: Position = MIDDLE, speed: float = TARGET_SPEED, change: float = 0.0) -> float:
    return sum(reward_components(position, speed, change, None).values())


def test_driving_as_one_should_gives_one() -> None:
    assert total() == 1.0


def test_everything_else_gives_less() -> None:
    for worse in (
        total(MIDDLE._replace(lateral=1.0)),
        total(MIDDLE._replace(heading_error=0.5)),
        total(speed=TARGET_SPEED / 2),
        total(speed=TARGET_SPEED * 1.5),
        total(change=1.0),
    ):
        assert worse < 1.0
    assert total(speed=0.0) == 0.0
    assert total(MIDDLE._replace(heading_error=math.pi)) == -1.0


def test_left_and_right_count_alike() -> None:
    assert total(MIDDLE._replace(lateral=0.7)) == total(MIDDLE._replace(lateral=-0.7))
    assert total(change=0.7) == total(change=-0.7)


@pytest.mark.parametrize("reason", Reason)
def test_only_the_drivers_own_end_costs_and_only_arriving_pays(reason: Reason) -> None:
    expected = END_WEIGHT if reason is Reason.ROUTE_COMPLETED else -END_WEIGHT if reason.failed else 0.0
    assert reward_components(MIDDLE, 5.0, 0.0, reason)["end"] == expected
    assert not (reason.failed and reason.truncates)


def test_an_unknown_step_has_the_same_parts() -> None:
    assert no_reward().keys() == reward_components(MIDDLE, 5.0, 0.0, None).keys()
    assert sum(no_reward().values()) == 0.0


def test_failures_are_named_the_gravest_first() -> None:
    assert failure(MIDDLE, False, 0.0) is None
    assert failure(MIDDLE._replace(lateral=-2.1), False, 0.0) is None
    assert failure(MIDDLE._replace(lateral=-2.2), False, 0.0) is Reason.OFF_LANE
    assert failure(MIDDLE._replace(heading_error=-1.4), False, 0.0) is Reason.WRONG_HEADING
    assert failure(MIDDLE, False, STALL_TIME) is Reason.STALLED
    assert failure(MIDDLE._replace(lateral=9.0), True, STALL_TIME) is Reason.COLLISION
