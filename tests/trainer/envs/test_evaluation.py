"""Evaluation on the training simulator leaves no trace in the training."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

from tests.trainer.envs.driver import Step, episode
from tests.trainer.settings import tiny
from trainer.evaluation import Evaluation, evaluate
from trainer.observation import Layout
from trainer.td3 import TD3

if TYPE_CHECKING:
    from trainer.envs.env import CarlaEnv

Make = Callable[..., "CarlaEnv"]
FLAT_OUT, BRAKING = (0.0, 1.0), (0.2, -1.0)


def evaluated(env: CarlaEnv, action: tuple[float, float], episodes: int = 1) -> Evaluation:
    """What an agent reaches that always does the same."""

    def act(*seen: Any) -> Any:
        return np.array(action, np.float32)

    agent = SimpleNamespace(config=tiny(evaluation_episodes=episodes), act=act)
    return evaluate(cast(TD3, agent), env, Layout.of(env))


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
    seen: list[Evaluation] = []

    def evaluate() -> None:
        seen.append(evaluated(env, FLAT_OUT))  # leaves the car fast and far away
        seen.append(evaluated(env, BRAKING))  # and this one leaves it standing, the brake pressed

    plain = train(env, lambda: None)
    assert train(env, evaluate) == plain
    assert len(seen) == 6
    assert seen[0] == seen[2] == seen[4]  # every evaluation starts at the same places
    assert len({step.image for one in plain for step in one}) > 60  # and training did not stand still


def test_the_episodes_of_an_evaluation_start_at_places_of_their_own(make_env: Make) -> None:
    returns = evaluated(make_env(max_episode_steps=100), FLAT_OUT, episodes=4).returns
    assert len(set(returns)) == 4


def test_an_episode_that_an_evaluation_interrupts_cannot_be_driven_on(make_env: Make) -> None:
    from gymnasium.error import ResetNeeded

    env = make_env(max_episode_steps=20)
    env.reset(seed=0)
    evaluated(env, BRAKING)
    with pytest.raises(ResetNeeded, match="an evaluation has taken the car"):
        env.step(np.zeros(2, np.float32))
    env.reset()
    env.step(np.zeros(2, np.float32))
