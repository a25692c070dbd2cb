"""Train a small DDPG under Hydra, logged by the logger.py of DrQ-v2: train.csv, eval.csv and .hydra/.

    python tests/frameworks/train/drqv2_run.py --clone CLONE --fault none --seed 0 --out RUNS/NAME

CLONE is a checkout of DrQ-v2, of which logger.py alone is used, untouched; learning from pixels takes a GPU. The agent
is DrQ-v2's without the encoder (twin critics, one-step targets), on Pendulum, and logs what that logs by its names.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import hydra
import numpy as np
import torch
from hydra.core.config_store import ConfigStore
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_paths, write_truth

CONFIG = {
    "task": "pendulum_swingup",
    "action_repeat": 2,
    "discount": 0.99,
    "num_train_frames": 16000,
    "num_seed_frames": 1000,
    "eval_every_frames": 2000,
    "num_eval_episodes": 3,
    "replay_buffer_size": 100000,
    "batch_size": 128,
    "seed": 1,
    "use_tb": False,
    "reward_scale": 1.0,
    "agent": {"lr": 1e-3, "critic_target_tau": 0.01, "update_every_steps": 1, "hidden_dim": 64, "stddev": 0.2},
}


@dataclass(frozen=True)
class Fault:
    """The override that a user got wrong, what the verdict must name then, and what would be wrong."""

    override: str
    named: tuple[str, ...]
    never: tuple[str, ...]


FAULTS = {
    "target-network-frozen": Fault(
        "agent.critic_target_tau=0.0", ("target-network-frozen",), ("learning-rate-too-high", "reward-scale")
    ),
    "learning-rate-too-high": Fault(
        "agent.lr=0.1", ("learning-rate-too-high", "tanh-saturation"), ("reward-scale", "target-network-frozen")
    ),
}
NEVER = ("learning-rate-too-high", "q-overestimation", "reward-scale", "target-network-frozen", "tanh-saturation")


def net(inputs: int, width: int, outputs: int, *last: nn.Module) -> nn.Sequential:
    """Return a perceptron of two hidden layers."""
    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs), *last
    )


class Agent:
    """DDPG with twin critics, as DrQ-v2's agent without its encoder."""

    def __init__(self, observation: int, action: int, given: Any, discount: float) -> None:
        width = given.hidden_dim
        self.actor = net(observation, width, action, nn.Tanh())
        self.critics, self.targets = (
            nn.ModuleList(net(observation + action, width, 1) for _ in range(2)) for _ in range(2)
        )
        self.targets.load_state_dict(self.critics.state_dict())
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=given.lr)
        self.critic_opt = torch.optim.Adam(self.critics.parameters(), lr=given.lr)
        self.std, self.tau, self.discount = given.stddev, given.critic_target_tau, discount

    def act(self, observation: Any, explore: bool) -> Any:
        """Return an action in [-1, 1], with noise where it explores."""
        with torch.no_grad():
            action = self.actor(torch.as_tensor(observation, dtype=torch.float32))
        return (action + self.std * torch.randn_like(action) * explore).clamp(-1, 1).numpy()

    def update(self, batch: list[Tensor]) -> dict[str, float]:
        """Make one update of critics, actor and targets; return what DrQ-v2 returns."""
        observation, action, reward, after = batch
        with torch.no_grad():
            following = (self.actor(after) + self.std * torch.randn_like(action)).clamp(-1, 1)
            values = [critic(torch.cat([after, following], 1)) for critic in self.targets]
            target = reward + self.discount * torch.min(*values)
        q1, q2 = (critic(torch.cat([observation, action], 1)) for critic in self.critics)
        critic_loss = nn.functional.mse_loss(q1, target) + nn.functional.mse_loss(q2, target)
        self.critic_opt.zero_grad(set_to_none=True)
        critic_loss.backward()
        self.critic_opt.step()
        chosen = self.actor(observation)
        actor_loss = -torch.min(*(critic(torch.cat([observation, chosen], 1)) for critic in self.critics)).mean()
        self.actor_opt.zero_grad(set_to_none=True)
        actor_loss.backward()
        self.actor_opt.step()
        with torch.no_grad():
            for old, new in zip(self.targets.parameters(), self.critics.parameters(), strict=True):
                old.lerp_(new, self.tau)
        return {
            "batch_reward": reward.mean().item(),
            "critic_target_q": target.mean().item(),
            "critic_q1": q1.mean().item(),
            "critic_q2": q2.mean().item(),
            "critic_loss": critic_loss.item(),
            "actor_loss": actor_loss.item(),
        }


def work(cfg: Any, logger: Any) -> None:
    """Train as the Workspace of DrQ-v2 does, and log where it logs."""
    torch.set_num_threads(1)
    torch.manual_seed(cfg.seed)
    np.random.seed(cfg.seed)
    env, apart = gymnasium.make("Pendulum-v1"), gymnasium.make("Pendulum-v1")
    agent = Agent(3, 1, cfg.agent, cfg.discount)
    memory: list[list[Any]] = []
    metrics: dict[str, float] = {}
    begun, frame, episode, seed = time.time(), 0, 0, int(cfg.seed)
    while frame < cfg.num_train_frames:
        if frame % cfg.eval_every_frames == 0:
            _evaluate(agent, apart, cfg, logger, frame, episode, begun)
        observation, _ = env.reset(seed=seed + episode)
        total, length, over, started = 0.0, 0, False, time.time()
        while not over:
            explores = frame < cfg.num_seed_frames
            action = env.action_space.sample() / 2 if explores else agent.act(observation, True)
            after, reward, over = _step(env, action, cfg)
            memory.append([observation, action, [reward], after])
            observation, total = after, total + reward
            frame, length = frame + cfg.action_repeat, length + cfg.action_repeat
            if not explores:
                rows = np.random.randint(len(memory), size=cfg.batch_size)
                columns = zip(*(memory[row] for row in rows), strict=True)
                metrics = agent.update([torch.as_tensor(np.array(each), dtype=torch.float32) for each in columns])
                logger.log_metrics(metrics, frame, ty="train")
        episode += 1
        if not metrics:
            continue  # the first row settles the columns
        with logger.log_and_dump_ctx(frame, ty="train") as log:
            log("fps", length / (time.time() - started))
            log("total_time", time.time() - begun)
            log("episode_reward", total)
            log("episode_length", length)
            log("episode", episode)
            log("buffer_size", len(memory))
            log("step", frame // cfg.action_repeat)


def _evaluate(agent: Agent, env: Any, cfg: Any, logger: Any, frame: int, episode: int, begun: float) -> None:
    total = length = 0.0
    for place in range(cfg.num_eval_episodes):
        observation, _ = env.reset(seed=10_000 + place)
        over = False
        while not over:
            observation, reward, over = _step(env, agent.act(observation, False), cfg)
            total, length = total + reward, length + cfg.action_repeat
    with logger.log_and_dump_ctx(frame, ty="eval") as log:
        log("episode_reward", total / cfg.num_eval_episodes)
        log("episode_length", length / cfg.num_eval_episodes)
        log("episode", episode)
        log("step", frame // cfg.action_repeat)
        log("total_time", time.time() - begun)


def _step(env: Any, action: Any, cfg: Any) -> tuple[Any, float, bool]:
    total = 0.0
    for _ in range(cfg.action_repeat):
        observation, reward, terminated, truncated, _ = env.step(2 * action)
        total += float(reward) * cfg.reward_scale
    return observation, total, bool(terminated or truncated)


def logger_of(clone: Path) -> Any:
    """Return DrQ-v2's logger.py as a module; it imports torchvision and does not use it."""
    sys.modules.setdefault("torchvision", types.ModuleType("torchvision"))
    spec = importlib.util.spec_from_file_location("drqv2_logger", clone / "logger.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def under_hydra(body: Callable[[Any], None], overrides: list[str]) -> None:
    """Run `body` as a job of Hydra, with the overrides of a command line."""
    ConfigStore.instance().store("config", CONFIG)
    sys.argv = ["train.py", *overrides]
    hydra.main(version_base=None, config_name="config")(body)()


def _sides(points: dict[str, int]) -> dict[str, int]:
    """Return the columns below the side that only the name of their file tells; the step and the clock are no tags."""
    named = (key.partition(".csv#") for key in points)
    return {
        f"{side}{mark}{side}/{column}": points[f"{side}{mark}{column}"]
        for side, mark, column in named
        if column not in ("step", "total_time")
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clone", type=Path, required=True, help="a checkout of DrQ-v2")
    given = arguments("Train a small DDPG that logs as DrQ-v2 does.", sorted(FAULTS), parser)
    out = given.out.resolve()
    again = command(given, clone="CLONE")
    fault = FAULTS.get(given.fault)
    loggers = logger_of(given.clone)

    def job(cfg: Any) -> None:
        out.mkdir(parents=True, exist_ok=True)
        with out.joinpath("console.log").open("w") as console, contextlib.redirect_stdout(console):
            work(cfg, loggers.Logger(out, use_tb=cfg.use_tb))

    under_hydra(job, [f"seed={given.seed}", *([fault.override] if fault else []), f"hydra.run.dir={out}"])
    for empty in [path for path in out.glob("*.log") if not path.stat().st_size]:
        empty.unlink()  # the job's own log: nothing logs to it
    without_paths(out, {str(out): "/runs/exp", str(Path.cwd()): "/work", str(Path(__file__).parent): "/work"}, "**/*")
    write_truth(
        out,
        framework="DrQ-v2's logger.py (d6dbadc), hydra " + hydra.__version__,
        command=again,
        fault=given.fault,
        reader="pandas.read_csv",
        points=_sides(counts.csv(out, "train.csv") | counts.csv(out, "eval.csv")),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
