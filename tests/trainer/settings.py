"""Configurations for the toy environment: small networks, few steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trainer.config import Config
from trainer.configfile import overlay
from trainer.presets import base_config

ENV_ID = "tests.trainer.pixel_env:Tests/PixelLane-v0"
TOY: dict[str, Any] = {
    "env_id": ENV_ID,
    "backend": "none",
    "image_size": 32,
    "max_episode_steps": 50,
    "gamma": 0.9,
    "learning_starts": 300,
    "evaluation_interval": 0,
    "checkpoint_interval": 0,
}
TINY: dict[str, Any] = TOY | {
    "image_size": 20,
    "total_steps": 120,
    "learning_starts": 20,
    "buffer_size": 400,
    "batch_size": 8,
    "hidden_dim": 16,
    "feature_dim": 8,
    "evaluation_episodes": 2,
}


def toy(encoder: str = "shared", **changes: Any) -> Config:
    """A run that learns in a thousand steps."""
    config = base_config("ci", encoder)
    config = replace(config, algorithm=replace(config.algorithm, actor_starts=min(150, config.algorithm.actor_starts)))
    return overlay(config, TOY | changes, "test")[0]


def tiny(encoder: str = "shared", **changes: Any) -> Config:
    """A run of a second."""
    return toy(encoder, **{**TINY, "actor_starts": 0, **changes})


def flags(settings: dict[str, Any]) -> list[str]:
    """The same as words of a command line."""
    return [word for key, value in settings.items() for word in (f"--{key.replace('_', '-')}", str(value))]
