"""Evaluation on the training simulator leaves no trace in the training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.trainer.envs.driver import Step, episode

if TYPE_CHECKING:
    from trainer.envs.env import CarlaEnv

Make = Callable[..., "CarlaEnv"]


def train(env: CarlaEnv, evaluate: Callable[[], None]) -> list[list[Step]]:
    """Six random episodes, with an evaluation after every second."""
    generator = np.random.default_rng(0)
    episodes = []
    for number in range(6):
        episodes.append(episode(env, generator, seed=5 if number == 0 else None))
        if number % 2:
            evaluate()
    return episodes


@pytest.mark.parametrize("task", ["lane_keep", "route"])
def test_training_goes_the_very_same_way_with_evaluations_as_without(make_env: Make, task: str) -> None:
    env = make_env(task=task, max_episode_steps=60)
    seen: list[list[Step]] = []

    def evaluate() -> None:
        with env.evaluation(seed=99):
            seen.append(episode(env))  # drives well, to the time limit: it leaves the car fast and far away
            seen.append(episode(env, [0.2, -1.0]))  # and this one leaves it standing, the brake pressed

    plain = train(env, lambda: None)
    assert train(env, evaluate) == plain
    assert len(seen) == 6
    assert seen[0] == seen[2] == seen[4]  # every evaluation starts at the same places
    assert len({step.image for one in plain for step in one}) > 60  # and training did not stand still


def test_an_episode_that_an_evaluation_interrupts_cannot_be_driven_on(make_env: Make) -> None:
    from gymnasium.error import ResetNeeded

    env = make_env()
    env.reset(seed=0)
    with env.evaluation(seed=1):
        episode(env, limit=5)
    with pytest.raises(ResetNeeded, match="an evaluation has taken the car"):
        env.step(np.zeros(2, np.float32))
    env.reset()
    env.step(np.zeros(2, np.float32))
