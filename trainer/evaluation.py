"""Episodes without noise, in the environment of the training, between two of its episodes.

No second environment is opened: on one simulator it would end the first one's episode or destroy its car. The
environment's generator is put back afterwards, so training goes on as if nobody had looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium

from trainer.observation import FrameStack, Layout
from trainer.seeding import environment_random_state, restore_environment_random_state
from trainer.td3 import TD3

SEED_OFFSET = 1_000_000  # evaluation starts where no training seed does


@dataclass(frozen=True)
class Evaluation:
    """Return and length of each episode."""

    returns: list[float]
    lengths: list[int]


def evaluate(agent: TD3, env: gymnasium.Env[Any, Any], layout: Layout) -> Evaluation:
    """Drive the same `evaluation_episodes` start states at each call. The caller begins a new episode afterwards."""
    training = agent.config.training
    generator = environment_random_state(env)
    stack = FrameStack(agent.config.networks.frame_stack)
    returns, lengths = [], []
    for episode in range(training.evaluation_episodes):
        observation, _ = env.reset(seed=SEED_OFFSET + training.seed + episode)
        frame, state = layout.split(observation)
        stack.reset(frame)
        episodic_return, length, ended = 0.0, 0, False
        while not ended:
            observation, reward, terminated, truncated, _ = env.step(agent.act(stack.stacked(), state))
            frame, state = layout.split(observation)
            stack.push(frame)
            episodic_return, length, ended = episodic_return + float(reward), length + 1, terminated or truncated
        returns.append(episodic_return)
        lengths.append(length)
    restore_environment_random_state(env, generator)
    return Evaluation(returns, lengths)
