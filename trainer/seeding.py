"""Random generators: seeded at the start, stored in checkpoints, kept apart from evaluation."""

from __future__ import annotations

import random
from typing import Any

import gymnasium
import numpy as np
import torch


def seed_everything(seed: int) -> np.random.Generator:
    """Seed the global generators of python, numpy and torch; return the generator of the training loop."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # environments may still draw from it
    torch.manual_seed(seed)
    return np.random.default_rng(seed)


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    """Return the state of every generator but the environment's, in types that a checkpoint may hold."""
    numpy: Any = np.random.get_state(legacy=False)
    return {
        "python": random.getstate(),
        "numpy": numpy | {"state": {"key": numpy["state"]["key"].tolist(), "pos": numpy["state"]["pos"]}},
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "loop": rng.bit_generator.state,
    }


def restore_random_state(rng: np.random.Generator, state: dict[str, Any]) -> None:
    """Take back what `random_state` gave."""
    random.setstate(state["python"])
    inner = state["numpy"]["state"]
    np.random.set_state(state["numpy"] | {"state": {"key": np.array(inner["key"], np.uint32), "pos": inner["pos"]}})
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])
    rng.bit_generator.state = state["loop"]


def environment_random_state(env: gymnasium.Env[Any, Any]) -> dict[str, Any]:
    """Return the state of an environment's own generator."""
    state: dict[str, Any] = dict(env.unwrapped.np_random.bit_generator.state)
    return state


def restore_environment_random_state(env: gymnasium.Env[Any, Any], state: dict[str, Any]) -> None:
    """Put an environment's own generator back where it was."""
    env.unwrapped.np_random.bit_generator.state = state
