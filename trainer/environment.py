"""Makes the environment that a configuration names."""

from __future__ import annotations

import importlib
from typing import Any

import gymnasium

from trainer.config import Environment
from trainer.errors import ConfigError

NAMESPACE = "ForensicsCarla/"


def make_environment(config: Environment) -> gymnasium.Env[Any, Any]:
    """Return a new environment. Raises ConfigError where there is none of that name.

    Any environment will do that takes `backend` and `image_size`; `module:Name-v0` imports the module first.
    """
    if config.env_id.startswith(NAMESPACE):
        importlib.import_module("trainer.envs")
    try:
        env: gymnasium.Env[Any, Any] = gymnasium.make(
            config.env_id,
            max_episode_steps=config.max_episode_steps,
            disable_env_checker=True,
            backend=config.backend,
            image_size=config.image_size,
        )
    except (gymnasium.error.Error, ModuleNotFoundError) as error:
        raise ConfigError(f"--env-id {config.env_id}: {error}") from error
    return env
