"""The trainer as it runs, on a replay buffer filled with random frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.trainer.pixel_env import PixelLane
from trainer.config import Config
from trainer.configfile import overlay
from trainer.loop import Training
from trainer.presets import base_config
from trainer.recording import Recorder

FRAMES, EPISODE = 2_000, 200


def configured(encoder: str = "shared", **changes: Any) -> Config:
    """Return preset `cpu` with changes, an actor that is trained from the first update on."""
    changes = {"buffer_size": FRAMES + 10, "actor_starts": 0, **changes}
    return overlay(base_config("cpu", encoder), changes, "benchmark")[0]


def prefilled(config: Config, recorder: Recorder | None = None) -> Training:
    """Return a training whose replay buffer is full, watched by `recorder` as a run's networks are."""
    size = config.environment.image_size
    training = Training(config, PixelLane(image_size=size))
    rng = np.random.default_rng(0)
    still = np.zeros(training.layout.state_dim, np.float32)
    idle = np.zeros(training.layout.action_dim, np.float32)
    for number in range(FRAMES):
        frame = rng.integers(0, 256, (1, size, size), dtype=np.uint8)
        if number % EPISODE == 0:
            training.replay_buffer.begin(frame, still)
        else:
            training.replay_buffer.add(idle, float(rng.normal()), False, frame, still)
    if recorder is not None:
        training.recorder = training.agent.recorder = recorder
        training._watch()
    return training
