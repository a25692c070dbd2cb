"""The training loop: it learns, nobody disturbs it, and it goes on where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")

import gymnasium
import torch

from tests.trainer.pixel_env import PixelLane
from tests.trainer.settings import tiny, toy
from trainer import loop
from trainer.checkpoint import find_checkpoint, load_checkpoint
from trainer.config import Config
from trainer.environment import make_environment
from trainer.errors import CheckpointError, ConfigError
from trainer.evaluation import evaluate
from trainer.loop import Training
from trainer.recording import NullRecorder
from trainer.replay import Batch

BOTH = pytest.mark.parametrize("mode", ["shared", "separate"])


class Notes(NullRecorder):
    """Keeps what the loop says."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.episodes: list[dict[str, Any]] = []
        self.evaluations: list[int] = []
        self.checkpoints: list[str] = []
        self.logged: list[str] = []

    def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
        self.steps.append((env_step or 0, update or 0))
        return True

    def episode(self, episodic_return: float, episode_length: int, **values: Any) -> None:
        self.episodes.append({"return": episodic_return, "length": episode_length, **values})

    def evaluation(self, episodic_returns: Any, episode_lengths: Any = (), *, env_step: int | None = None) -> None:
        self.evaluations.append(env_step or 0)

    def checkpoint(self, path: Path | str) -> None:
        self.checkpoints.append(Path(path).name)

    def log(self, message: str, level: str = "INFO") -> None:
        self.logged.append(message)


def training(config: Config) -> Training:
    return Training(config, make_environment(config.environment))


def trained(config: Config, recorder: NullRecorder | None = None, checkpoints: Path | None = None) -> Training:
    """A run to its end."""
    made = training(config)
    made.run(recorder or NullRecorder(), checkpoints)
    return made


def weights(done: Training) -> torch.Tensor:
    agent = done.agent
    networks = (agent.actor, agent.critic, agent.actor_target, agent.critic_target)
    return torch.cat([parameter.detach().flatten() for network in networks for parameter in network.parameters()])


@BOTH
def test_it_learns_to_keep_the_lane_from_pixels(mode: str) -> None:
    run = training(toy(mode, total_steps=1_200))
    before = evaluate(run.agent, run.env, run.layout)
    assert np.mean(before.lengths) < 25
    run.run(NullRecorder())
    after = evaluate(run.agent, run.env, run.layout)
    assert np.mean(after.lengths) >= 45
    assert np.mean(after.returns) >= 35


@BOTH
def test_evaluation_and_checkpoints_leave_no_trace_in_the_training(mode: str, tmp_path: Path) -> None:
    notes = Notes()
    watched = trained(tiny(mode, evaluation_interval=30, checkpoint_interval=30), notes, tmp_path)
    assert len(notes.evaluations) >= 3
    assert len(notes.checkpoints) >= 3
    assert torch.equal(weights(trained(tiny(mode))), weights(watched))


@BOTH
def test_a_resumed_run_ends_with_the_same_bits(mode: str, tmp_path: Path) -> None:
    config = tiny(mode, checkpoint_interval=50, evaluation_interval=40, checkpoints_kept=9, n_step=2)
    whole = trained(config, checkpoints=tmp_path)
    stored = load_checkpoint(min(tmp_path.glob("checkpoint-*.pt")))
    assert 0 < stored["counters"]["global_step"] < 120
    trained(tiny(mode, seed=5))  # whatever happened in the meantime
    resumed = training(config)
    resumed.load_state_dict(stored)
    resumed.run(NullRecorder())
    assert resumed.global_step == whole.global_step == 120
    assert resumed.agent.updates == whole.agent.updates
    assert torch.equal(weights(resumed), weights(whole))
    assert resumed.evaluation == whole.evaluation
    assert torch.equal(resumed.replay_buffer.frames, whole.replay_buffer.frames)
    assert resumed.rng.bit_generator.state == whole.rng.bit_generator.state


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    bits = [weights(trained(tiny(seed=seed, total_steps=60))) for seed in (0, 0, 1)]
    assert torch.equal(bits[0], bits[1])
    assert not torch.equal(bits[0], bits[2])


def test_without_its_replay_buffer_a_resumed_run_first_fills_a_new_one(tmp_path: Path) -> None:
    config = tiny(checkpoint_replay=False, total_steps=60)
    trained(config, checkpoints=tmp_path)
    stored = load_checkpoint(find_checkpoint(tmp_path))
    assert stored["replay"] is None
    notes = Notes()
    resumed = training(tiny(checkpoint_replay=False, total_steps=100))
    resumed.load_state_dict(stored)
    resumed.run(notes)
    assert notes.steps[0] == (60 + 20 + 1, 41)


def test_updates_are_counted_from_learning_starts(tmp_path: Path) -> None:
    notes = Notes()
    trained(tiny(total_steps=50, learning_starts=20, updates_per_step=2), notes, tmp_path)
    assert notes.steps[0] == (21, 1)
    assert notes.steps[-1] == (50, 60)


def test_every_update_tells_the_reward_of_the_step_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int | None, float]] = []

    class Steps(NullRecorder):
        def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
            told.append((env_step, values["environment/reward"]))
            return True

    chosen = training(tiny(total_steps=60, learning_starts=20, updates_per_step=2))
    rewards: list[float] = []
    add = chosen.replay_buffer.add

    def noted(action: Any, reward: float, *rest: Any) -> None:
        rewards.append(reward)
        add(action, reward, *rest)

    monkeypatch.setattr(chosen.replay_buffer, "add", noted)
    chosen.run(Steps())
    assert told == [(step, rewards[step - 1]) for step in range(21, 61) for _ in range(2)]
    assert len(set(rewards)) > 30


def test_the_first_actions_are_uniform_and_later_ones_the_policys() -> None:
    chosen = trained(tiny(total_steps=60, learning_starts=40, exploration_noise=0.0, exploration_noise_final=0.0))
    actions = chosen.replay_buffer.ring.actions[:, 0]
    held = actions[chosen.replay_buffer.ring.has_next]
    assert np.abs(held[:40]).max() > 0.9
    assert held[:40].std() > 0.4
    assert np.abs(np.diff(held[45:])).max() < 0.5


def test_exploration_noise_runs_from_the_first_value_to_the_last() -> None:
    schedule = tiny(exploration_noise=1.0, exploration_noise_final=0.2, exploration_noise_steps=100).exploration
    assert [schedule.at(step) for step in (0, 50, 100, 5000)] == pytest.approx([1.0, 0.6, 0.2, 0.2])


def test_an_episode_says_why_it_ended_and_what_its_reward_was_made_of(tmp_path: Path) -> None:
    notes = Notes()
    trained(tiny(total_steps=150, max_episode_steps=6), notes, tmp_path)
    assert {episode["reason"] for episode in notes.episodes} == {"off_lane", "time_limit"}
    for episode in notes.episodes:
        assert episode["reward_lane"] + episode["reward_steer"] == pytest.approx(episode["return"])
        assert (episode["reason"] == "off_lane") == bool(episode["terminated"])


def test_a_time_limit_is_bootstrapped_and_a_terminal_state_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = training(tiny(total_steps=150, max_episode_steps=6, learning_starts=100, batch_size=512))
    batches: list[Batch] = []
    sample = chosen.replay_buffer.sample

    def told(rng: np.random.Generator) -> Batch:
        batches.append(sample(rng))
        return batches[-1]

    monkeypatch.setattr(chosen.replay_buffer, "sample", told)
    chosen.run(NullRecorder())
    ring = chosen.replay_buffer.ring
    ends = np.flatnonzero(ring.has_next & (np.roll(ring.age, -1) == 6))  # the sixth step of an episode
    at_limit = ends[~ring.terminated[ends]]
    assert len(at_limit) > 3
    assert (ring.returns(at_limit, 1, 0.9).discount == np.float32(0.9)).all()
    assert (batches[-1].discount[batches[-1].done == 1] == 0).all()
    assert (batches[-1].done == 1).any()


def test_a_full_disk_costs_the_checkpoint_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loop, "save_checkpoint", full)
    notes = Notes()
    done = trained(tiny(checkpoint_interval=40), notes, tmp_path)
    assert done.global_step == 120
    assert notes.checkpoints == []
    assert "No space left" in notes.logged[0]


def test_the_recorder_can_end_the_run(tmp_path: Path) -> None:
    class Guard(Notes):
        def step(self, env_step: int | None = None, update: int | None = None, **values: Any) -> bool:
            super().step(env_step, update)
            if update == 7:
                self.stop_reason = "enough"
            return self.stop_reason is None

    notes = Guard()
    done = trained(tiny(updates_per_step=4), notes, tmp_path)
    assert done.agent.updates == 7
    assert len(notes.checkpoints) == 1


def test_checkpoints_and_evaluations_wait_for_the_episode_to_end(tmp_path: Path) -> None:
    notes = Notes()
    trained(tiny(evaluation_interval=30, checkpoint_interval=40), notes, tmp_path)
    ends = set(np.cumsum([episode["length"] for episode in notes.episodes]).tolist()) | {120}
    steps = {int(name[11:20]) for name in notes.checkpoints}
    assert len(steps) >= 3
    assert steps | set(notes.evaluations) <= ends


def test_images_with_channels_last_are_learned_from_too() -> None:
    config = tiny(total_steps=40)
    frames = []
    for channels_last in (False, True):
        env = PixelLane(image_size=20, channels_last=channels_last)
        one = Training(config, env)
        one.run(NullRecorder())
        frames.append((one.layout.frame_shape, one.replay_buffer.frames))
    assert frames[0][0] == frames[1][0] == (1, 20, 20)
    assert torch.equal(frames[0][1], frames[1][1])


@pytest.mark.parametrize(
    "changes", [{"feature_dim": 9}, {"frame_stack": 2}, {"buffer_size": 20}, {"encoder": "separate"}]
)
def test_a_checkpoint_of_other_networks_or_another_buffer_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    trained(tiny(total_steps=40), checkpoints=tmp_path)
    stored = load_checkpoint(find_checkpoint(tmp_path))
    with pytest.raises(CheckpointError, match="does not fit"):
        training(tiny(**{**changes, "total_steps": 60})).load_state_dict(stored)


def test_an_environment_that_cannot_be_learned_from_is_refused() -> None:
    with pytest.raises(ConfigError, match="no-such"):
        make_environment(tiny(env_id="no-such-v0").environment)
    env = PixelLane()
    env.action_space = gymnasium.spaces.Box(-2, 2, (1,))
    with pytest.raises(ConfigError, match="bounded"):
        Training(tiny(), env)
