"""Which device computes and which one remembers."""

from __future__ import annotations

import math

import torch

from trainer.config import Compute, Config
from trainer.errors import ConfigError
from trainer.observation import Layout

REPLAY_SHARE = 0.5  # of the free memory of the GPU; the rest is for activations


def choose_device(compute: Compute) -> torch.device:
    """Return CUDA where there is one and nothing else was asked for. Raises ConfigError where it was and is not."""
    available = torch.cuda.is_available()
    if compute.device == "cuda" and not available:
        raise ConfigError("--device cuda: torch sees no GPU here")
    return torch.device("cuda" if available and compute.device != "cpu" else "cpu")


def replay_storage(config: Config, layout: Layout, device: torch.device) -> torch.device:
    """Return where frames are kept: on the GPU where they fit into half of what is free, or as asked for."""
    wanted = config.compute.replay_device
    if wanted == "cuda" and device.type != "cuda":
        raise ConfigError("--replay-device cuda needs --device cuda")
    if device.type == "cpu" or wanted == "cpu":
        return torch.device("cpu")
    free, _ = torch.cuda.mem_get_info(device)
    fits = config.replay.buffer_size * math.prod(layout.frame_shape) < REPLAY_SHARE * free
    return device if fits or wanted == "cuda" else torch.device("cpu")
