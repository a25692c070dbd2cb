"""Training loops into which a block is pasted as its comments say: each runs `code` and trains a little."""

from __future__ import annotations

import argparse
import random
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import yaml
from torch.nn import functional

from tests.advice.networks import ACTION, OBSERVATION, Critic, Network, batch

STEPS = 240
Scope = dict[str, Any]


def run(code: str, scope: Scope, folder: Path, update: Any, record: str) -> None:
    """Run a block in `scope`, then `update` at every step with what the block's comments say to add."""
    scope |= {"__name__": "loop", "Path": Path, "yaml": yaml, "config": {"learning_rate": 1e-3, "max_grad_norm": 0.5}}
    exec(compile(code.replace("runs/next", str(folder)), "block", "exec"), scope)
    added = [line[6:] for line in code.splitlines() if line.startswith("#     ")]
    added = [line for line in added if line.startswith(("log(", "rec.", "Path("))]
    for step in range(1, STEPS + 1):
        scope |= {"step": step, "global_step": step, **_numbers(step)}
        scope |= update(scope)
        if record and step % 10 == 0:
            exec(record, scope)
        for line in added:
            exec(line, scope)
    for name in ("writer", "rec"):
        if name in scope:
            scope[name].close()


def _numbers(step: int) -> Scope:
    """What a loop has at hand beside its networks."""
    value = random.random()
    return {
        "reward": value,
        "episode_return": 10 + value,
        "episode_length": 100 + step % 7,
        "mean_return": 11 + value,
        "returns": [10 + value, 12.0],
        "lengths": [100, 90],
        "val_loss": 0.5 + value,
        "updates": step,
        "noise_sigma": 0.1,
        "replay": range(step),
        "info": {"episode": {"r": 10 + value, "l": 100}},
    }


def clipped(loss: Any, networks: Any, optimizer: Any) -> None:
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for network in networks for p in network.parameters()], 0.5)
    optimizer.step()


def optimizer_of(*networks: Any) -> Any:
    return torch.optim.Adam([p for network in networks for p in network.parameters()], lr=1e-3)


def actor_critic(code: str, folder: Path, record: str = "") -> None:
    """TD3 with plain names: a step of both networks at every environment step."""
    actor, critic, critic_2 = Network(OBSERVATION, ACTION, bounded=True), Critic(), Critic()
    target = deepcopy(critic)
    scope: Scope = {"actor": actor, "critic": critic, "critic_2": critic_2, "target_critic": target, "gamma": 0.99}
    scope |= {"actor_optimizer": optimizer_of(actor), "critic_optimizer": optimizer_of(critic, critic_2)}
    scope |= {"distribution": torch.distributions.Normal(torch.zeros(2), torch.ones(2)), "algorithm": "td3"}

    def update(scope: Scope) -> Scope:
        data = batch()
        observations, actions = data["observations"], data["actions"]
        wanted = data["rewards"] + 0.99 * target(observations, actor(observations)).detach()
        loss = torch.stack(
            [functional.mse_loss(each(observations, actions), wanted) for each in (critic, critic_2)]
        ).sum()
        if "after_critic_backward" in scope:
            for name, objective in (
                ("critic", lambda: loss),
                ("actor", lambda: -critic(observations, actor(observations)).mean()),
            ):
                scope[f"{name}_optimizer"].zero_grad()
                objective().backward()
                scope[f"after_{name}_backward"]()
                scope[f"{name}_optimizer"].step()
        else:
            clipped(loss, (critic, critic_2), scope["critic_optimizer"])
            clipped(-critic(observations, actor(observations)).mean(), (actor,), scope["actor_optimizer"])
        with torch.no_grad():
            for old, new in zip(target.parameters(), critic.parameters(), strict=True):
                old.lerp_(new, 0.005)
        if "after_update" in scope:
            scope["after_update"](**data, critic_loss=loss, actor_loss=-loss)
        return {**data, "critic_loss": loss, "actor_loss": -critic(observations, actor(observations)).mean()}

    run(code, scope, folder, update, record)


def policy_gradient(code: str, folder: Path, record: str = "") -> None:
    """A policy and a value function under one optimizer and one clip."""
    policy, value = Network(OBSERVATION, ACTION, bounded=True), Network(OBSERVATION, 1)
    scope: Scope = {"policy": policy, "value": value, "optimizer": optimizer_of(policy, value), "algorithm": "ppo"}

    def update(scope: Scope) -> Scope:
        data = batch()
        spread = torch.distributions.Normal(policy(data["observations"]), 0.5)
        ratio = 1 + 0.1 * torch.randn(32, 1)
        rollout = data | {"entropy": spread.entropy(), "new_log_prob": ratio.log(), "old_log_prob": 0 * ratio}
        rollout |= {"returns": data["rewards"], "values": value(data["observations"]), "ratio": ratio}
        policy_loss = -(spread.log_prob(data["actions"]) * data["rewards"]).mean()
        value_loss = functional.mse_loss(rollout["values"], data["rewards"])
        if "after_backward" in scope:
            scope["optimizer"].zero_grad()
            (policy_loss + value_loss).backward()
            scope["after_backward"](0.5)
            scope["optimizer"].step()
        else:
            clipped(policy_loss + value_loss, (policy, value), scope["optimizer"])
        if "after_update" in scope:
            with torch.no_grad():
                scope["after_update"](rollout, policy_loss, value_loss)
        return {"rollout": rollout, "policy_loss": policy_loss, "value_loss": value_loss}

    run(code, scope, folder, update, record)


def q_learning(code: str, folder: Path, record: str = "") -> None:
    """DQN, with the names of a plain loop and of CleanRL's."""
    network = Network(OBSERVATION, 3)
    target = deepcopy(network)
    scope: Scope = {"q_network": network, "target_network": target, "optimizer": optimizer_of(network), "gamma": 0.99}
    scope |= {"epsilon": 0.1} | _of_cleanrl(folder)

    def update(scope: Scope) -> Scope:
        data = batch() | {"actions": torch.randint(0, 3, (32, 1))}
        loss = functional.mse_loss(network(data["observations"]).gather(1, data["actions"]), data["rewards"])
        clipped(loss, (network,), scope["optimizer"])
        scope["writer"].add_scalar("losses/td_loss", loss.item(), scope["step"])
        return {**data, "loss": loss, "data": SimpleNamespace(**data)}

    run(code, scope, folder, update, record)


def model(code: str, folder: Path, record: str = "") -> None:
    """A model trained on data."""
    network = Network(OBSERVATION, 1)
    scope: Scope = {"model": network, "optimizer": optimizer_of(network)}
    scope |= {"scaler": SimpleNamespace(get_scale=lambda: 65536.0)}

    def update(scope: Scope) -> Scope:
        inputs = torch.randn(32, OBSERVATION)
        loss = functional.mse_loss(network(inputs), inputs.sum(dim=1, keepdim=True))
        if "after_backward" in scope:
            scope["optimizer"].zero_grad()
            loss.backward()
            scope["after_backward"](0.5)
            scope["optimizer"].step()
            scope["after_update"](loss)
        else:
            clipped(loss, (network,), scope["optimizer"])
        return {"loss": loss}

    run(code, scope, folder, update, record)


def _of_cleanrl(folder: Path) -> Scope:
    """What every CleanRL script has."""
    from torch.utils.tensorboard import SummaryWriter

    args = argparse.Namespace(gamma=0.99, learning_starts=0, learning_rate=1e-3, max_grad_norm=0.5, train_frequency=1)
    args.exploration_noise = 0.1
    rewards = [0.5]
    return {
        "args": args,
        "rb": SimpleNamespace(size=lambda: 500),
        "writer": SummaryWriter(str(folder)),
        "rewards": rewards,
    }
