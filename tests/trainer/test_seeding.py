"""Every generator is seeded, and goes on where it was after its state is put back."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import torch

from tests.trainer.pixel_env import PixelLane
from trainer.checkpoint import load_checkpoint, save_checkpoint
from trainer.seeding import (
    environment_random_state,
    random_state,
    restore_environment_random_state,
    restore_random_state,
    seed_everything,
)


def drawn(rng: np.random.Generator) -> list[float]:
    """One number of each generator; the global normal keeps a second one in hand."""
    return [random.random(), np.random.normal(), float(torch.rand(1)), rng.random()]


def test_the_same_seed_draws_the_same_numbers_from_each() -> None:
    one, again, other = (drawn(seed_everything(seed)) for seed in (3, 3, 4))
    assert one == again
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_a_state_that_went_through_a_checkpoint_draws_on_as_before(tmp_path: Path) -> None:
    rng = seed_everything(0)
    drawn(rng)
    path = save_checkpoint(tmp_path, 1, {"random": random_state(rng)}, keep=1)
    expected = [drawn(rng) for _ in range(3)]
    fresh = seed_everything(99)
    restore_random_state(fresh, load_checkpoint(path)["random"])
    assert [drawn(fresh) for _ in range(3)] == expected


def test_an_environment_draws_on_as_before() -> None:
    env = PixelLane()
    env.reset(seed=1)
    state = environment_random_state(env)
    expected = env.reset()[0]["image"]
    env.reset(seed=7)
    restore_environment_random_state(env, state)
    np.testing.assert_array_equal(env.reset()[0]["image"], expected)
