"""Measure single updates of a Stable-Baselines3 off-policy run, as a careful user would.

Everything one record holds belongs to one and the same update: the losses, Q values and targets are those that the
update computed (taken by hooks, not computed again), gradient norms are the total L2 norm that the optimizer was given,
update ratios compare the parameters before and after that one optimizer step. No random number is drawn, so a run is
the same run with the recorder and without.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.evaluation import evaluate_policy

SATURATED = 0.98

log = logging.getLogger("train")


def l2(tensors: Iterable[torch.Tensor]) -> float:
    """Total L2 norm over all tensors; 0 where there are none."""
    return float(sum(float(tensor.detach().double().pow(2).sum()) for tensor in tensors) ** 0.5)


class OptimizerProbe:
    """Gradient norm (as given to the optimizer) and relative size of one optimizer step."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self.armed = False
        self.grad_norm = self.update_ratio = float("nan")
        self._before: list[torch.Tensor] = []
        optimizer.register_step_pre_hook(self._pre)
        optimizer.register_step_post_hook(self._post)

    def _pre(self, *_: object) -> None:
        if self.armed:
            self.grad_norm = l2(parameter.grad for parameter in self.parameters if parameter.grad is not None)
            self._before = [parameter.detach().clone() for parameter in self.parameters]

    def _post(self, *_: object) -> None:
        if self.armed:
            moved = l2(new.detach() - old for new, old in zip(self.parameters, self._before, strict=True))
            self.update_ratio = moved / l2(self._before)


class UpdateProbe:
    """What one call of `train()` saw: batch, Q values, targets, gradients, update sizes."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.armed = False
        self.actor = OptimizerProbe(model.actor.optimizer)
        self.critic = OptimizerProbe(model.critic.optimizer)
        self._clear()
        model.critic.register_forward_hook(self._saw_q)
        model.critic_target.register_forward_hook(self._saw_next_q)
        self._wrap(model.replay_buffer, "sample", self._saw_batch)
        self._wrap(model.critic, "q1_forward", self._saw_policy_q)
        if hasattr(model.actor, "action_log_prob"):
            self._wrap(model.actor, "action_log_prob", self._saw_log_prob)

    def _clear(self) -> None:
        self.batch: Any = None
        self.q: torch.Tensor | None = None
        self.policy_q: torch.Tensor | None = None
        self.next_q: torch.Tensor | None = None
        self.log_prob: torch.Tensor | None = None
        self.next_log_prob: torch.Tensor | None = None

    def _wrap(self, owner: Any, name: str, saw: Callable[[Any], None]) -> None:
        inner = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = inner(*args, **kwargs)
            if self.armed:
                saw(result)
            return result

        setattr(owner, name, wrapped)

    def _saw_batch(self, batch: Any) -> None:
        self.batch = batch

    def _saw_policy_q(self, q: torch.Tensor) -> None:
        self.policy_q = q.detach()

    def _saw_log_prob(self, result: tuple[torch.Tensor, torch.Tensor]) -> None:
        if torch.is_grad_enabled():
            self.log_prob = result[1].detach()
        else:
            self.next_log_prob = result[1].detach()

    def _saw_q(self, _module: Any, _inputs: Any, outputs: tuple[torch.Tensor, ...]) -> None:
        if not self.armed:
            return
        # SAC asks the critic twice in one update: first about the batch, then about the policy's actions.
        if self.q is None:
            self.q = outputs[0].detach()
        else:
            self.policy_q = outputs[0].detach()

    def _saw_next_q(self, _module: Any, _inputs: Any, outputs: tuple[torch.Tensor, ...]) -> None:
        if self.armed:
            self.next_q = torch.cat(outputs, dim=1).min(dim=1, keepdim=True).values.detach()

    def arm(self) -> None:
        """Record the update that comes next."""
        self._clear()
        self.armed = self.actor.armed = self.critic.armed = True

    def disarm(self) -> None:
        """Stop recording: the network may be asked for other reasons now."""
        self.armed = self.actor.armed = self.critic.armed = False

    def values(self, ent_coef: float | None) -> Iterator[tuple[str, float]]:
        """Tag and value of everything measured in the update just made."""
        model, batch, q = self.model, self.batch, self.q
        assert q is not None
        assert self.policy_q is not None
        assert self.next_q is not None
        bootstrap = self.next_q
        if ent_coef is not None and self.next_log_prob is not None:
            bootstrap = bootstrap - ent_coef * self.next_log_prob.reshape(-1, 1)
        target = batch.rewards + (1 - batch.dones) * model.gamma * bootstrap
        with torch.no_grad():
            policy_action = model.actor._predict(batch.observations, deterministic=True)
        yield "actor_grad_norm", self.actor.grad_norm
        yield "critic_grad_norm", self.critic.grad_norm
        yield "q_mean", float(q.mean())
        yield "q_std", float(q.std())
        yield "q_min", float(q.min())
        yield "q_max", float(q.max())
        yield "policy_q_mean", float(self.policy_q.mean())
        yield "target_q_mean", float(target.mean())
        yield "target_q_std", float(target.std())
        yield "reward_mean", float(batch.rewards.mean())
        yield "reward_std", float(batch.rewards.std())
        yield "action_mean", float(batch.actions.mean())
        yield "action_std", float(batch.actions.std())
        yield "action_abs_mean", float(batch.actions.abs().mean())
        yield "policy_action_abs_mean", float(policy_action.abs().mean())
        yield "policy_saturation", float((policy_action.abs() > SATURATED).float().mean())
        if self.log_prob is not None:
            yield "entropy", -float(self.log_prob.mean())
        yield "actor_param_norm", l2(self.actor.parameters)
        yield "critic_param_norm", l2(self.critic.parameters)
        yield "target_critic_param_norm", l2(model.critic_target.parameters())
        yield "actor_update_ratio", self.actor.update_ratio
        yield "critic_update_ratio", self.critic.update_ratio
        yield "learning_rate", float(model.actor.optimizer.param_groups[0]["lr"])
        yield "n_updates", float(model._n_updates)
        yield "buffer_size", float(model.replay_buffer.size())


class Recorder(BaseCallback):
    """Write one record every `every` updates, and an evaluation every `evaluate_every` environment steps.

    `every` has to be even, so that a delayed actor is updated in the update that is recorded.
    """

    def __init__(self, evaluation: Any, every: int = 100, evaluate_every: int = 1000, episodes: int = 5) -> None:
        super().__init__()
        self.evaluation, self.every = evaluation, every
        self.evaluate_every, self.episodes = evaluate_every, episodes
        self._logged_episodes = 0

    def _on_training_start(self) -> None:
        self.probe = UpdateProbe(self.model)

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        updating = self.num_timesteps > self.model.learning_starts
        if updating and (self.model._n_updates + self.model.gradient_steps) % self.every == 0:
            self.probe.arm()

    def _on_rollout_start(self) -> None:
        if self.num_timesteps == 0:
            return
        recorded = self.probe.armed
        self.probe.disarm()
        if recorded:
            self._record_update()
            self._record_episodes()
        due = self.num_timesteps % self.evaluate_every == 0
        if due:
            self._evaluate()
        if recorded or due:
            if not recorded:
                self._drop_update()
            self.logger.dump(self.num_timesteps)

    def _on_training_end(self) -> None:
        self._on_rollout_start()

    def _record_update(self) -> None:
        for name, value in self.probe.values(self.logger.name_to_value.get("train/ent_coef")):
            self.logger.record(f"train/{name}", value)

    def _drop_update(self) -> None:
        """Forget the losses that the algorithm left in the logger for an update that is not recorded."""
        for tag in [tag for tag in self.logger.name_to_value if tag.startswith("train/")]:
            del self.logger.name_to_value[tag]
            del self.logger.name_to_excluded[tag]

    def _record_episodes(self) -> None:
        if self.model._episode_num == self._logged_episodes:
            return
        self._logged_episodes = self.model._episode_num
        episodes = list(self.model.ep_info_buffer)
        returns = sum(episode["r"] for episode in episodes) / len(episodes)
        self.logger.record("rollout/ep_rew_mean", returns)
        self.logger.record("rollout/ep_len_mean", sum(episode["l"] for episode in episodes) / len(episodes))
        log.info("step %d: %d episodes, mean return %.1f", self.num_timesteps, self._logged_episodes, returns)

    def _evaluate(self) -> None:
        mean, spread = evaluate_policy(self.model, self.evaluation, n_eval_episodes=self.episodes)
        self.logger.record("eval/mean_reward", mean)
        log.info("step %d: evaluation over %d episodes: %.1f +- %.1f", self.num_timesteps, self.episodes, mean, spread)
