"""Mistakes that happen while a run is going on, and records that users add to it."""

from __future__ import annotations

import logging
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import TensorBoardOutputFormat

log = logging.getLogger("train")


class EpisodesToText(BaseCallback):
    """Write a line to the text log every so many episodes."""

    def __init__(self, every: int) -> None:
        super().__init__()
        self.every = every
        self.episodes = 0

    def _on_step(self) -> bool:
        for info in self.locals.get("infos", ()):
            if "episode" in info:
                self.episodes += 1
                if self.episodes % self.every == 0:
                    log.info(
                        "step %d: episode %d, return %.1f", self.num_timesteps, self.episodes, info["episode"]["r"]
                    )
        return True


class EpisodesOnTheirOwnAxis(BaseCallback):
    """Write the return of every so many episodes under the number of the episode."""

    def __init__(self, every: int) -> None:
        super().__init__()
        self.every = every
        self.episodes = 0

    def _on_step(self) -> bool:
        writers = [sink.writer for sink in self.logger.output_formats if isinstance(sink, TensorBoardOutputFormat)]
        for info in self.locals.get("infos", ()):
            if "episode" in info:
                self.episodes += 1
                if self.episodes % self.every == 0 and writers and writers[0] is not None:
                    writers[0].add_scalar("episode/return", float(info["episode"]["r"]), self.episodes)
        return True


class WriterLost(BaseCallback):
    """The event file is written no more after this share of the run; training and the text log go on."""

    def __init__(self, share: float, total: int) -> None:
        super().__init__()
        self.at = share * total

    def _on_step(self) -> bool:
        sinks = self.logger.output_formats
        if self.num_timesteps >= self.at:
            for sink in [sink for sink in sinks if isinstance(sink, TensorBoardOutputFormat)]:
                sink.close()
                sinks.remove(sink)
        return True


class RateRaised(BaseCallback):
    """The learning rate is multiplied from a share of the run on."""

    def __init__(self, factor: float, total: int, share: float = 0.6) -> None:
        super().__init__()
        self.factor, self.at = factor, share * total
        self.raised = False

    def _on_step(self) -> bool:
        if not self.raised and self.num_timesteps >= self.at:
            self.raised = True
            rate = self.model.lr_schedule(1.0) * self.factor
            self.model.lr_schedule = lambda _progress: rate
        return True


class ReplayWatch(BaseCallback):
    """Record, as a careful user of a value-based method would, what the replay buffer holds and what Q says of it.

    The batch is taken evenly over the buffer, so that no random number is drawn.
    """

    def __init__(self, every: int, size: int = 256) -> None:
        super().__init__()
        self.every, self.size = every, size

    def _on_step(self) -> bool:
        if self.num_timesteps % self.every == 0 and self.num_timesteps > self.model.learning_starts:
            self._record()
        return True

    def _record(self) -> None:
        import numpy as np
        import torch

        model: Any = self.model
        buffer = model.replay_buffer
        rows = np.linspace(0, buffer.size() - 1, min(self.size, buffer.size())).astype(np.int64)
        batch = buffer._get_samples(rows)
        net, target_net = (model.q_net, model.q_net_target) if hasattr(model, "q_net") else _quantiles(model)
        with torch.no_grad():
            every_q = net(batch.observations)
            q = torch.gather(every_q, 1, batch.actions.long())
            following = target_net(batch.next_observations).max(dim=1, keepdim=True).values
            target = batch.rewards + (1 - batch.dones) * model.gamma * following
        record = self.logger.record
        record("train/q_mean", float(q.mean()))
        record("train/q_max", float(q.max()))
        record("train/policy_q_mean", float(every_q.max(dim=1).values.mean()))
        record("train/target_q_mean", float(target.mean()))
        record("train/target_q_std", float(target.std()))
        record("train/reward_mean", float(batch.rewards.mean()))
        record("train/reward_std", float(batch.rewards.std()))
        record("train/done_ratio", float(batch.dones.mean()))
        record("train/observation_max", float(batch.observations.max()))
        record("train/observation_min", float(batch.observations.min()))
        record("train/buffer_size", float(buffer.size()))


def _quantiles(model: Any) -> tuple[Any, Any]:
    """Return the mean over quantiles of both networks."""
    return (
        lambda observations: model.quantile_net(observations).mean(dim=1),
        lambda observations: model.quantile_net_target(observations).mean(dim=1),
    )
