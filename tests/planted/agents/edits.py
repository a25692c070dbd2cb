"""Mistakes in a model: made in the objects of the library, or in a copy of its own source."""

from __future__ import annotations

import inspect
import textwrap
import types
from typing import Any

import torch
from stable_baselines3.sac import policies as sac_policies


def rewrite(owner: Any, method: str, *edits: tuple[str, str]) -> None:
    """Give an object a copy of one of its methods, in whose source each `before`, which must be there, is `after`."""
    function = getattr(type(owner), method)
    text = textwrap.dedent(inspect.getsource(function))
    for before, after in edits:
        if text.count(before) != 1:
            raise ValueError(f"{before!r} stands {text.count(before)} times in {function.__qualname__}")
        text = text.replace(before, after)
    space: dict[str, Any] = {}
    exec(compile(text, inspect.getsourcefile(function) or method, "exec"), function.__globals__, space)
    setattr(owner, method, types.MethodType(space[method], owner))


def saturate(model: Any, amount: float) -> None:
    """Initialise the last layer of the policy so many times too large."""
    head: Any = model.actor.mu[-2] if isinstance(model.actor.mu, torch.nn.Sequential) else model.actor.mu
    with torch.no_grad():
        head.weight.mul_(amount)
        head.bias.mul_(amount)
    if hasattr(model, "actor_target"):
        model.actor_target.load_state_dict(model.actor.state_dict())


def detach_action(model: Any, _amount: float) -> None:
    """Cut the actor's loss from the actor: the action is detached before the critic sees it."""
    q1_forward = model.critic.q1_forward

    def detached(observations: torch.Tensor, actions: torch.Tensor) -> Any:
        return q1_forward(observations, actions.detach())

    model.critic.q1_forward = detached


def narrow_policy(model: Any, amount: float) -> None:
    """Keep the policy's spread below a bound (SAC)."""
    if hasattr(model, "actor") and hasattr(model.actor, "log_std"):
        sac_policies.LOG_STD_MAX = amount


def flip_actor_loss(model: Any, _amount: float) -> None:
    """Minimise what should be maximised."""
    if model.actor_target is not None and hasattr(model, "policy_delay"):
        rewrite(model, "train", ("actor_loss = -self.critic", "actor_loss = self.critic"))


def flip_policy_loss(model: Any, _amount: float) -> None:
    """Maximise the surrogate's negative: every update makes what paid less likely."""
    if type(model).__name__ == "PPO":
        rewrite(model, "train", ("policy_loss = -th.min(", "policy_loss = th.min("))
    else:
        rewrite(model, "train", ("policy_loss = -(advantages", "policy_loss = (advantages"))


def differentiate_target(model: Any, _amount: float) -> None:
    """Let the gradient of the critic's loss through its target, and let it train what the target is made of."""
    if hasattr(model, "q_net_target"):
        optimizer, target = model.policy.optimizer, model.q_net_target
    else:
        optimizer, target = model.critic.optimizer, model.critic_target
    for parameter in target.parameters():
        parameter.requires_grad_(True)
    optimizer.add_param_group({"params": list(target.parameters())})
    rewrite(model, "train", ("with th.no_grad():", "with th.enable_grad():"))


def take_larger_target(model: Any, _amount: float) -> None:
    """The larger of the critics' target values instead of the smaller."""
    rewrite(model, "train", ("th.min(next_q_values", "th.max(next_q_values"))


def no_value_loss_gradient(model: Any, _amount: float) -> None:
    """The value is detached before its loss sees it."""
    rewrite(model, "train", ("values = values.flatten()", "values = values.flatten().detach()"))


def kill_units(model: Any, amount: float) -> None:
    """Push that share of the first layer's units of every network below zero for good."""
    for module in model.policy.modules():
        if isinstance(module, torch.nn.Sequential) and len(module) and isinstance(module[0], torch.nn.Linear):
            with torch.no_grad():
                module[0].bias[: int(amount * len(module[0].bias))] = -100.0
