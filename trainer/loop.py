"""The training loop: act, remember, learn; between episodes, evaluate and save."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.checkpoint import save_checkpoint
from trainer.config import Config
from trainer.configfile import as_dict
from trainer.devices import choose_device, replay_storage
from trainer.episode import Episode
from trainer.errors import CheckpointError
from trainer.evaluation import Evaluation, evaluate
from trainer.observation import FrameStack, Layout
from trainer.recording import NullRecorder, Recorder
from trainer.replay import ReplayBuffer
from trainer.seeding import (
    environment_random_state,
    random_state,
    restore_environment_random_state,
    restore_random_state,
    seed_everything,
)
from trainer.td3 import TD3
from trainer.telemetry import step_values, update_values


@dataclass(frozen=True)
class Progress:
    """Where a run is, after each environment step."""

    global_step: int
    updates: int
    episodes: int
    episodic_return: float | None
    evaluation: Evaluation | None
    metrics: Mapping[str, Tensor]
    """Of the latest update, on the device."""


class Training:
    """One run. All that changes is in `state_dict`, so a run that is taken up again goes on bit for bit on CPU."""

    def __init__(self, config: Config, env: gymnasium.Env[Any, Any]) -> None:
        """Seed everything and make the networks. Raises ConfigError where environment and settings do not fit."""
        torch.set_num_threads(config.compute.threads)
        self.config, self.env = config, env
        self.recorder: Recorder = NullRecorder()
        self.checkpoints: Path | None = None
        self.layout = Layout.of(env)
        self.rng = seed_everything(config.training.seed)
        device = choose_device(config.compute)
        self.agent = TD3(config, self.layout, device)
        self.replay_buffer = ReplayBuffer(config, self.layout, device, replay_storage(config, self.layout, device))
        self.stack = FrameStack(config.networks.frame_stack)
        self.global_step = self.episodes = 0
        self.learning_from = config.training.learning_starts
        self.evaluation: Evaluation | None = None
        self.episodic_return: float | None = None
        self._metrics: dict[str, Tensor] = {}
        self._step_values: dict[str, float] = {}
        self._evaluated_at = self._saved_at = 0
        self._seed: int | None = config.training.seed

    def run(
        self,
        recorder: Recorder,
        checkpoints: Path | None = None,
        report: Callable[[Progress], None] = lambda progress: None,
    ) -> Progress:
        """Train to `total_steps`, or until the recorder says stop.

        `checkpoints` is a folder, None for none. Calls `report` after every environment step.
        """
        training = self.config.training
        self.recorder = self.agent.recorder = recorder
        self.checkpoints = checkpoints
        self._watch()
        while self.global_step < training.total_steps and self.recorder.stop_reason is None:
            self._episode(report)
            self._between_episodes()
        if training.evaluation_interval and self._evaluated_at < self.global_step:
            self._evaluate()
        if self._saved_at < self.global_step:
            self._save()
        return self.progress()

    def progress(self) -> Progress:
        """Return where the run is."""
        return Progress(
            self.global_step, self.agent.updates, self.episodes, self.episodic_return, self.evaluation, self._metrics
        )

    def _episode(self, report: Callable[[Progress], None]) -> None:
        """One episode, or what of it fits into `total_steps`."""
        observation, _ = self.env.reset(seed=self._seed)
        self._seed = None
        frame, state = self.layout.split(observation)
        self.stack.reset(frame)
        self.replay_buffer.begin(frame, state)
        episode = Episode()
        while not episode.reason:
            action = self._action(state)
            observation, reward, terminated, truncated, info = self.env.step(action)
            frame, state = self.layout.split(observation)
            self.stack.push(frame)
            self.replay_buffer.add(action, float(reward), terminated, frame, state)
            self.global_step += 1
            episode.add(float(reward), terminated, truncated, info)
            self._step_values = step_values(float(reward), info)
            if self.global_step > self.learning_from:
                self._learn()
            report(self.progress())
            if self.global_step >= self.config.training.total_steps or self.recorder.stop_reason is not None:
                break
        if episode.reason:
            self.episodes += 1
            self.episodic_return = episode.episodic_return
            self.recorder.episode(
                episode.episodic_return,
                episode.length,
                reason=episode.reason,
                env_step=self.global_step,
                **episode.sums(),
            )

    def _action(self, state: NDArray[np.float32]) -> NDArray[np.float32]:
        """Uniform before the first update, then the policy with Gaussian noise."""
        dim = self.layout.action_dim
        if self.global_step < self.config.training.learning_starts:
            return self.rng.uniform(-1.0, 1.0, dim).astype(np.float32)
        noise = self.rng.normal(0.0, 1.0, dim) * self.config.exploration.at(self.global_step)
        action: NDArray[np.float32] = np.clip(self.agent.act(self.stack.stacked(), state) + noise, -1.0, 1.0)
        return action.astype(np.float32)

    def _learn(self) -> None:
        """The updates of one environment step; fewer where the recorder says stop."""
        for _ in range(self.config.training.updates_per_step):
            batch = self.replay_buffer.sample(self.rng)
            self._metrics = self.agent.update(batch)
            noise = self.config.exploration.at(self.global_step)
            values = update_values(self._metrics, batch, noise, len(self.replay_buffer)) | self._step_values
            if not self.recorder.step(self.global_step, self.agent.updates, **values):
                return

    def _between_episodes(self) -> None:
        training = self.config.training
        if _is_due(self.global_step, self._evaluated_at, training.evaluation_interval):
            self._evaluate()
        if _is_due(self.global_step, self._saved_at, training.checkpoint_interval):
            self._save()

    def _evaluate(self) -> None:
        self.evaluation = evaluate(self.agent, self.env, self.layout)
        self._evaluated_at = self.global_step
        self.recorder.evaluation(self.evaluation.returns, self.evaluation.lengths, env_step=self.global_step)

    def _save(self) -> None:
        """Write a checkpoint; a full disk costs the checkpoint, not the run."""
        self._saved_at = self.global_step
        if self.checkpoints is None:
            return
        try:
            path = save_checkpoint(
                self.checkpoints, self.global_step, self.state_dict(), self.config.training.checkpoints_kept
            )
        except OSError as error:
            self.recorder.log(f"no checkpoint was written at step {self.global_step}: {error}", "ERROR")
        else:
            self.recorder.checkpoint(path)

    def _watch(self) -> None:
        agent = self.agent
        watch = self.recorder.watch
        watch(agent.actor, "actor", optimizer=agent.actor_optimizer)
        watch(agent.actor.mlp, "actor_mlp")
        if agent.actor.encoder is not None:
            watch(agent.actor.encoder, "actor_cnn")
        watch(agent.critic, "critic", optimizer=agent.critic_optimizer)
        watch(agent.critic.encoder, "critic_cnn")
        watch(agent.critic.q1, "critic_q1_mlp")
        watch(agent.critic.q2, "critic_q2_mlp")
        watch(agent.actor_target, "target_actor")
        watch(agent.critic_target, "target_critic")

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a run needs to go on."""
        counters = ("global_step", "episodes", "learning_from", "episodic_return", "_evaluated_at", "_saved_at")
        return {
            "config": as_dict(self.config),
            "counters": {name: getattr(self, name) for name in counters},
            "agent": self.agent.state_dict(),
            "random": random_state(self.rng),
            "environment": environment_random_state(self.env),
            "recorder": self.recorder.state_dict(),
            "replay": self.replay_buffer.state_dict() if self.config.training.checkpoint_replay else None,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave. Raises CheckpointError where it belongs to other networks.

        Without a replay buffer the run first acts as long as `learning_starts` asks, by its policy, and then learns on.
        """
        try:
            self.agent.load_state_dict(state["agent"])
            if state["replay"] is not None:
                self.replay_buffer.load_state_dict(state["replay"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise CheckpointError(f"the checkpoint does not fit this configuration: {error}") from error
        for name, value in state["counters"].items():
            setattr(self, name, value)
        if state["replay"] is None:
            self.learning_from = self.global_step + self.config.training.learning_starts
        restore_random_state(self.rng, state["random"])
        self.env.reset(seed=self.config.training.seed)  # some environments make their generator here
        restore_environment_random_state(self.env, state["environment"])
        self._seed = None


def _is_due(step: int, last: int, interval: int) -> bool:
    """Whether a multiple of `interval` lies after `last` and not after `step`."""
    return interval > 0 and step // interval > last // interval
