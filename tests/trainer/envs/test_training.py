"""A training on the loopback through the real client: the same bits whether it was interrupted or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

for module in ("torch", "gymnasium", "carla", "msgpack"):
    pytest.importorskip(module)

import gymnasium
import torch

from tests.trainer.settings import tiny
from trainer.checkpoint import load_checkpoint
from trainer.config import Config
from trainer.environment import make_environment
from trainer.loop import Training
from trainer.recording import NullRecorder

REAL: dict[str, Any] = {
    "backend": "loopback",
    "image_size": 24,
    "max_episode_steps": 25,
    "learning_starts": 30,
    "total_steps": 150,
    "evaluation_interval": 0,
}


class Notes(NullRecorder):
    """Keeps every number that the loop says."""

    def __init__(self) -> None:
        self.said: list[tuple[int, dict[str, Any]]] = []

    def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
        told = {name: value.tolist() if isinstance(value, torch.Tensor) else value for name, value in values.items()}
        self.said.append((env_step or 0, told))
        return True

    def episode(self, episodic_return: float, episode_length: int, **values: Any) -> None:
        self.said.append((values.pop("env_step"), {"return": episodic_return, "length": episode_length, **values}))

    def after(self, step: int) -> list[tuple[int, dict[str, Any]]]:
        """What was said of the steps after one."""
        return [(at, told) for at, told in self.said if at > step]


@pytest.fixture(params=["LaneKeep", "Route"])
def config(request: pytest.FixtureRequest) -> Config:
    return tiny(env_id=f"ForensicsCarla/{request.param}-v0", **REAL)


@pytest.fixture
def envs() -> Iterator[list[gymnasium.Env[Any, Any]]]:
    made: list[gymnasium.Env[Any, Any]] = []
    yield made
    for env in made:
        env.close()


def weights(done: Training) -> torch.Tensor:
    agent = done.agent
    networks = (agent.actor, agent.critic, agent.actor_target, agent.critic_target)
    return torch.cat([parameter.detach().flatten() for network in networks for parameter in network.parameters()])


def trained(
    config: Config, envs: list[gymnasium.Env[Any, Any]], checkpoints: Path | None = None, state: Any = None
) -> tuple[Training, Notes]:
    """A run to its end on a server of its own, from a stored state where one is given."""
    envs.append(make_environment(config.environment))
    made, notes = Training(config, envs[-1]), Notes()
    if state is not None:
        made.load_state_dict(state)
    made.run(notes, checkpoints)
    envs[-1].close()
    return made, notes


def test_a_run_in_two_parts_is_bit_for_bit_the_run_in_one(
    config: Config, envs: list[gymnasium.Env[Any, Any]], tmp_path: Path
) -> None:
    training = replace(config.training, evaluation_interval=50, checkpoint_interval=60, checkpoints_kept=9)
    config = replace(config, training=training)
    whole, told = trained(config, envs, tmp_path)
    stored = load_checkpoint(min(tmp_path.glob("checkpoint-*.pt")))
    reached = stored["counters"]["global_step"]
    assert 60 <= reached < 130
    resumed, again = trained(config, envs, state=stored)
    assert len(again.said) > 20
    assert again.said == told.after(reached)
    assert torch.equal(weights(resumed), weights(whole))
    assert torch.equal(resumed.replay_buffer.frames, whole.replay_buffer.frames)
    assert (resumed.replay_buffer.ring.states == whole.replay_buffer.ring.states).all()
    assert resumed.evaluation == whole.evaluation
    assert resumed.state_dict()["environment"] == whole.state_dict()["environment"]


def test_evaluations_leave_no_trace_in_the_training(config: Config, envs: list[gymnasium.Env[Any, Any]]) -> None:
    plain, told = trained(config, envs)
    evaluating = replace(config, training=replace(config.training, evaluation_interval=40))
    watched, again = trained(evaluating, envs)
    assert watched.evaluation is not None
    assert again.said == told.said
    assert torch.equal(weights(watched), weights(plain))
