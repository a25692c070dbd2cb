"""Environments with a mistake in them."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np


class RewardInOtherUnits(gymnasium.RewardWrapper):
    """Reward many times as large as the task gives it."""

    def __init__(self, env: Any, factor: float) -> None:
        super().__init__(env)
        self.factor = factor

    def reward(self, reward: Any) -> Any:
        return reward * self.factor


class ObservationInOtherUnits(gymnasium.ObservationWrapper):
    """Observations many times as large as the task gives them."""

    def __init__(self, env: Any, factor: float) -> None:
        super().__init__(env)
        self.factor = np.float32(factor)
        limit = np.float32(np.finfo(np.float32).max)
        self.observation_space = gymnasium.spaces.Box(-limit, limit, env.observation_space.shape, np.float32)

    def observation(self, observation: Any) -> Any:
        return np.asarray(observation, np.float32) * self.factor


class AnnealedBonus(gymnasium.Wrapper):
    """A shaping term that fades out as log(1 - t/T) and is still computed at t = T, where it is log(0)."""

    def __init__(self, env: Any, fades_at: float) -> None:
        super().__init__(env)
        self.fades_at = fades_at
        self.steps = 0

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.steps += 1
        with np.errstate(all="ignore"):
            bonus = 0.01 * np.log(1.0 - np.float64(self.steps) / self.fades_at)
        return observation, reward + bonus, terminated, truncated, info


class NeverEnds(gymnasium.Wrapper):
    """No end is reported any more after so many episodes; the task goes on from where it is."""

    def __init__(self, env: Any, episodes: float) -> None:
        super().__init__(env)
        self.left = episodes

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, info = self.env.step(action)
        if not (terminated or truncated):
            return observation, reward, False, False, info
        self.left -= 1
        if self.left >= 0:
            return observation, reward, terminated, truncated, info
        # A bare environment warns when it is stepped past its end and then goes on; a new start does not.
        observation, info = self.env.reset()
        return observation, reward, False, False, info


class TerminalCalledTimeout(gymnasium.Wrapper):
    """Every end is reported as a time limit, or that share of them."""

    def __init__(self, env: Any, share: float) -> None:
        super().__init__(env)
        self.share = share
        self.ends = 0.0

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, info = self.env.step(action)
        if terminated:
            self.ends += self.share
            if self.ends >= 1.0:
                self.ends -= 1.0
                terminated, truncated = False, True
        return observation, reward, terminated, truncated, info


class ActionsIgnored(gymnasium.Wrapper):
    """The task is driven by an action of its own with this probability: what the agent does hardly matters."""

    def __init__(self, env: Any, probability: float) -> None:
        super().__init__(env)
        self.probability = probability
        self.random = np.random.default_rng(12345)

    def step(self, action: Any) -> Any:
        if self.random.random() < self.probability:
            action = self.env.action_space.sample()
        return self.env.step(action)
