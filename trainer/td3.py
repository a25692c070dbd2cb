"""Twin delayed DDPG from pixels.

References: Fujimoto et al. 2018 (twin critics, delayed policy updates, target policy smoothing); Yarats et al. 2021,
DrQ-v2 (one encoder, trained by the critic's loss alone; random shift; n-step returns).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray
from torch import Tensor, nn

from trainer.config import Config
from trainer.encoder import pixels_to_float
from trainer.networks import Actor, Critic
from trainer.observation import Layout
from trainer.recording import NullRecorder, Recorder
from trainer.replay import Batch

Metrics = dict[str, Tensor]


class TD3:
    """Actor, twin critic, their targets and optimizers.

    With a shared encoder the actor sees the critic's features without gradient. With separate encoders it has its own;
    its loss still asks the critic about the critic's own features, because the critic was trained on no others.
    """

    def __init__(self, config: Config, layout: Layout, device: torch.device) -> None:
        """Networks are drawn from torch's global generator. Raises ConfigError for images that are too small."""
        self.config, self.device = config, device
        self.recorder: Recorder = NullRecorder()
        algorithm, networks = config.algorithm, config.networks
        shapes = (layout.stack_shape(networks.frame_stack), layout.state_dim, layout.action_dim)
        self.actor = Actor(networks, *shapes).to(device)
        self.critic = Critic(networks, *shapes).to(device)
        self.actor_target = copy.deepcopy(self.actor).requires_grad_(False)
        self.critic_target = copy.deepcopy(self.critic).requires_grad_(False)
        self.actor_optimizer = self._optimizer(self.actor.parameters(), algorithm.actor_learning_rate)
        self.critic_optimizer = self._optimizer(self.critic.parameters(), algorithm.critic_learning_rate)
        self.updates = 0
        self._critic_loss = torch.compile(self.critic_loss) if config.compute.compile else self.critic_loss
        self._actor_loss = torch.compile(self.actor_loss) if config.compute.compile else self.actor_loss
        self._pixels: dict[str, Tensor] = {}

    def _optimizer(self, parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
        if self.config.algorithm.optimizer == "sgd":
            return torch.optim.SGD(parameters, lr=learning_rate, fused=True)
        return torch.optim.Adam(parameters, lr=learning_rate, fused=True)

    def act(self, stack: NDArray[np.uint8], state: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the action for one stack of frames and state, without noise. The one wait for the device in a step."""
        with torch.no_grad(), self._autocast():
            images = self._float("act", torch.from_numpy(stack)[None].to(self.device))
            states = torch.from_numpy(state)[None].to(self.device)
            action = self.actor(self._seen(self.actor, self.critic, images, states))
        result: NDArray[np.float32] = action[0].float().cpu().numpy()
        return result

    def update(self, batch: Batch) -> Metrics:
        """One update of the critic, and every `policy_delay` of them one of the actor and of the targets.

        Returns tensors on the device, without waiting for it: losses, and for each transition of the batch Q1, Q2, the
        target, the TD error and, where the actor was updated, Q1 under the policy.
        """
        algorithm = self.config.algorithm
        self.updates += 1
        metrics, images, features = self.update_critic(batch)
        if self.updates % algorithm.policy_delay == 0:
            if self.updates > algorithm.actor_starts:
                metrics |= self.update_actor(images, batch.state, features)
            self.update_targets()
        return metrics

    def update_critic(self, batch: Batch) -> tuple[Metrics, Tensor, Tensor]:
        """One step of both Q functions and their encoder. Also returns the float images and the critic's features."""
        images = self._float("images", batch.images)
        target_q = self.target_q(batch)
        with self._autocast():
            critic_loss, features, metrics = self._critic_loss(images, batch.state, batch.action, target_q)
        self.critic_optimizer.zero_grad(set_to_none=True)
        critic_loss.backward()
        self.recorder.clip_grad_norm_(
            self.critic.parameters(), self.config.algorithm.critic_max_grad_norm, name="critic"
        )
        self.critic_optimizer.step()
        return metrics, images, features

    def update_actor(self, images: Tensor, state: Tensor, features: Tensor) -> Metrics:
        """One step of the actor, and of its encoder where it has one. `features` are the critic's."""
        with self._autocast():
            actor_loss, metrics = self._actor_loss(images, state, features)
        self.actor_optimizer.zero_grad(set_to_none=True)
        actor_loss.backward()
        self.recorder.clip_grad_norm_(self.actor.parameters(), self.config.algorithm.actor_max_grad_norm, name="actor")
        self.actor_optimizer.step()
        return metrics

    def target_q(self, batch: Batch) -> Tensor:
        """Return reward + discount x the smaller target Q at the target policy's action, smoothed by clipped noise."""
        algorithm = self.config.algorithm
        with torch.no_grad(), self._autocast():
            next_images = self._float("next_images", batch.next_images)
            next_features = self.critic_target.encode(next_images, batch.next_state)
            next_seen = self._seen(self.actor_target, self.critic_target, next_images, batch.next_state, next_features)
            next_action = self.actor_target(next_seen)
            noise = torch.randn_like(next_action) * algorithm.target_policy_noise
            noise = noise.clamp(-algorithm.target_noise_clip, algorithm.target_noise_clip)
            q1, q2 = self.critic_target(next_features, (next_action + noise).clamp(-1.0, 1.0))
            target_q: Tensor = batch.n_step_reward + batch.discount * torch.min(q1, q2).float()
        return target_q

    def critic_loss(
        self, images: Tensor, state: Tensor, action: Tensor, target_q: Tensor
    ) -> tuple[Tensor, Tensor, Metrics]:
        """Return the sum of both squared TD errors, the critic's features, and what to report."""
        features = self.critic.encode(images, state)
        q1, q2 = self.critic(features, action)
        q1, q2 = q1.float(), q2.float()
        q1_loss, q2_loss = F.mse_loss(q1, target_q), F.mse_loss(q2, target_q)
        critic_loss = q1_loss + q2_loss
        metrics = {
            "critic_loss": critic_loss.detach(),
            "q1_loss": q1_loss.detach(),
            "q2_loss": q2_loss.detach(),
            "q1": q1.detach(),
            "q2": q2.detach(),
            "target_q": target_q,
            "td_error": (q1 - target_q).detach(),
        }
        return critic_loss, features, metrics

    def actor_loss(self, images: Tensor, state: Tensor, features: Tensor) -> tuple[Tensor, Metrics]:
        """Return minus the mean of Q1 under the policy, and what to report.

        The critic judges by its own features, and they are detached: this loss trains no encoder but the actor's own.
        """
        features = features.detach()
        action = self.actor(self._seen(self.actor, self.critic, images, state, features))
        policy_q = self.critic.first(features, action).float()
        actor_loss = -policy_q.mean()
        metrics = {
            "actor_loss": actor_loss.detach(),
            "policy_q": policy_q.detach(),
            "policy_action": action.detach().float(),
        }
        return actor_loss, metrics

    def update_targets(self) -> None:
        """Move every target parameter by `tau` towards its online one."""
        tau = self.config.algorithm.tau
        with torch.no_grad():
            for online, target in ((self.actor, self.actor_target), (self.critic, self.critic_target)):
                torch._foreach_lerp_(list(target.parameters()), list(online.parameters()), tau)

    def _seen(
        self, actor: Actor, critic: Critic, images: Tensor, state: Tensor, features: Tensor | None = None
    ) -> Tensor:
        """What the actor sees: by its own encoder, or the critic's features, given or computed."""
        if actor.encoder is not None:
            return actor.encode(images, state)
        return critic.encode(images, state) if features is None else features

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.compute.amp)

    def _float(self, name: str, images: Tensor) -> Tensor:
        """Convert pixels into a tensor that is kept for the next call by this name."""
        held = self._pixels.get(name)
        if held is None or held.shape != images.shape:
            held = torch.empty(images.shape, device=self.device, memory_format=torch.channels_last)
            self._pixels[name] = held
        return pixels_to_float(images, held)

    def state_dict(self) -> dict[str, Any]:
        """Return networks, targets, optimizers and the count of updates."""
        return {"updates": self.updates, **{name: part.state_dict() for name, part in self._parts().items()}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` gave. Raises RuntimeError where the networks differ."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.updates = int(state["updates"])

    def _parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        names = ("actor", "critic", "actor_target", "critic_target", "actor_optimizer", "critic_optimizer")
        return {name: getattr(self, name) for name in names}
