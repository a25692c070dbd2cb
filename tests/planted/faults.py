"""The faults that can be planted in a run: each a small, real mistake, named as in the causes of the analyzer.

A fault may change the configuration (then the saved config.yaml says so, as it would at a user's), wrap the
environment, or edit the model after it was built (then nothing but its effect reveals it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3.sac import policies as sac_policies

Config = dict[str, Any]


def _same(value: Any) -> Any:
    return value


def _nothing(_model: Any) -> None:
    return None


@dataclass(frozen=True)
class Fault:
    """One planted fault: overrides of the configuration by algorithm, a wrapper of the environment, a model edit."""

    config: Callable[[Config], Config] = field(default=_same)
    environment: Callable[[Any], Any] = field(default=_same)
    model: Callable[[Any], None] = field(default=_nothing)


def _learning_rate(config: Config) -> Config:
    return config | {"learning_rate": config["learning_rate"] * 100}


def _target_frozen(config: Config) -> Config:
    return config | {"tau": 0.0}


def _replay_too_small(config: Config) -> Config:
    return config | {"buffer_size": 128}


def _no_exploration(config: Config) -> Config:
    """No noise and no random warm-up; for SAC a temperature fixed near 0 and a standard deviation held small."""
    config = config | {"learning_starts": 1}
    if "action_noise_std" in config:
        config["action_noise_std"] = 0.0
    if config["algorithm"] == "sac":
        config["ent_coef"] = 1e-6
    return config


def _narrow_policy(model: Any) -> None:
    if hasattr(model.actor, "log_std"):
        sac_policies.LOG_STD_MAX = -5


class RewardInOtherUnits(gymnasium.RewardWrapper):
    """Reward a thousand times as large as the task gives it."""

    def reward(self, reward: Any) -> Any:
        return reward * 1000.0


class AnnealedBonus(gymnasium.Wrapper):
    """A shaping term that fades out as log(1 - t/T) and is still computed at t = T, where it is log(0)."""

    fades_at = 3500

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.steps = 0

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.steps += 1
        with np.errstate(all="ignore"):
            bonus = 0.01 * np.log(1.0 - np.float64(self.steps) / self.fades_at)
        return observation, reward + bonus, terminated, truncated, info


def _saturate(model: Any) -> None:
    """Initialise the last layer of the policy a hundred times too large."""
    head: Any = model.actor.mu[-2] if isinstance(model.actor.mu, torch.nn.Sequential) else model.actor.mu
    with torch.no_grad():
        head.weight.mul_(100.0)
        head.bias.mul_(100.0)
    if hasattr(model, "actor_target"):
        model.actor_target.load_state_dict(model.actor.state_dict())


def _detach_action(model: Any) -> None:
    """Cut the actor's loss from the actor: the action is detached before the critic sees it."""
    q1_forward = model.critic.q1_forward

    def detached(observations: torch.Tensor, actions: torch.Tensor) -> Any:
        return q1_forward(observations, actions.detach())

    model.critic.q1_forward = detached


FAULTS: dict[str, Fault] = {
    "none": Fault(),
    "learning-rate-too-high": Fault(config=_learning_rate),
    "reward-scale": Fault(environment=RewardInOtherUnits),
    "tanh-saturation": Fault(model=_saturate),
    "target-network-frozen": Fault(config=_target_frozen),
    "loss-detached-from-parameters": Fault(model=_detach_action),
    "replay-too-small": Fault(config=_replay_too_small),
    "non-finite-values": Fault(environment=AnnealedBonus),
    "exploration-collapsed": Fault(config=_no_exploration, model=_narrow_policy),
}
