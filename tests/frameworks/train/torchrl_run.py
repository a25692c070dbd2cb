"""Train a small PPO with torchrl on CartPole, by its recipe or by its trainer.

    python tests/frameworks/train/torchrl_run.py --recipe loop --fault none --seed 0 --out RUNS/NAME

`loop` is the library's own recipe (sota-implementations/ppo) with its names of metrics and the CSVLogger: one file a
metric without a header, and texts/hparams0.txt. `trainer` is PPOTrainer with the TensorboardLogger: it names and logs
by itself. (A script named as the library would be imported in its place.)
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torchrl
from tensordict import TensorDict
from tensordict.nn import TensorDictModule
from torch import nn
from torchrl.collectors import Collector
from torchrl.data import LazyTensorStorage, TensorDictReplayBuffer
from torchrl.data.replay_buffers.samplers import SamplerWithoutReplacement
from torchrl.envs import GymEnv, RewardSum, StepCounter, TransformedEnv
from torchrl.envs.utils import ExplorationType, set_exploration_type
from torchrl.modules import ProbabilisticActor, ValueOperator
from torchrl.objectives import ClipPPOLoss
from torchrl.objectives.value import GAE
from torchrl.record.loggers import CSVLogger, TensorboardLogger
from torchrl.trainers.algorithms.ppo import PPOTrainer

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, without_bulk, without_host_name, write_truth

FRAMES = 512  # a batch
BATCHES = 40
Settings = dict[str, Any]
SETTINGS: Settings = {
    "lr": 1e-3, "epochs": 4, "mini_batch": 128, "clip_epsilon": 0.2, "gamma": 0.99, "lmbda": 0.95,
    "entropy_coeff": 0.01, "critic_coeff": 0.5, "max_grad_norm": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """The settings that are wrong, what the verdict must name then, and what would be wrong."""

    named: tuple[str, ...]
    never: tuple[str, ...]
    settings: Settings = field(default_factory=dict)


FAULTS = {
    "learning-rate-too-high": Fault(("learning-rate-too-high",), ("reward-scale",), {"lr": 0.1}),
    "policy-update-too-large": Fault(
        ("policy-update-too-large",), ("reward-scale",), {"epochs": 30, "clip_epsilon": 0.999, "lr": 3e-3}
    ),
}
NEVER = (
    *("learning-rate-too-high", "policy-update-too-large", "value-function-not-learning", "reward-scale"),
    *("endless-episode", "logging-frozen", "terminal-bootstrapped", "timeout-as-terminal"),
)


def made(seed: int) -> TransformedEnv:
    """Return the task with the sums and counts that the recipe logs."""
    env = TransformedEnv(GymEnv("CartPole-v1", categorical_action_encoding=True))
    env.append_transform(RewardSum())
    env.append_transform(StepCounter())
    env.set_seed(seed)
    return env


def networks() -> tuple[Any, Any]:
    """Return policy and value."""
    policy = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 2))
    value = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
    actor = ProbabilisticActor(
        TensorDictModule(policy, in_keys=["observation"], out_keys=["logits"]),
        in_keys=["logits"],
        distribution_class=torch.distributions.Categorical,
        return_log_prob=True,
    )
    return actor, ValueOperator(value, in_keys=["observation"])


def objective(actor: Any, critic: Any, chosen: Settings) -> ClipPPOLoss:
    return ClipPPOLoss(
        actor_network=actor,
        critic_network=critic,
        clip_epsilon=chosen["clip_epsilon"],
        entropy_coeff=chosen["entropy_coeff"],
        critic_coeff=chosen["critic_coeff"],
        normalize_advantage=True,
    )


def loop(chosen: Settings, seed: int, out: Path) -> None:
    """Train as sota-implementations/ppo/ppo_mujoco.py does, without annealing."""
    actor, critic = networks()
    collector = Collector(
        made(seed), actor, frames_per_batch=FRAMES, total_frames=FRAMES * BATCHES, split_trajs=False, device="cpu"
    )
    advantage = GAE(gamma=chosen["gamma"], lmbda=chosen["lmbda"], value_network=critic, average_gae=False)
    loss_module = objective(actor, critic, chosen)
    buffer = TensorDictReplayBuffer(
        storage=LazyTensorStorage(FRAMES), sampler=SamplerWithoutReplacement(), batch_size=chosen["mini_batch"]
    )
    optim = torch.optim.Adam(loss_module.parameters(), lr=chosen["lr"], eps=1e-5)
    logger = CSVLogger(out.name, str(out.parent))
    logger.log_hparams(chosen | {"frames_per_batch": FRAMES, "env": "CartPole-v1", "optimizer": "Adam"})
    test_env = made(seed + 1000)
    collected = 0
    for number, data in enumerate(collector):
        metrics = {}
        collected += data.numel()
        done = data["next", "done"]
        rewards, lengths = data["next", "episode_reward"][done], data["next", "step_count"][done]
        if len(rewards) > 0:
            metrics["train/reward"] = rewards.mean().item()
            metrics["train/episode_length"] = lengths.sum().item() / len(lengths)
        losses = []
        for _ in range(chosen["epochs"]):
            with torch.no_grad():
                data = advantage(data)
            buffer.extend(data.reshape(-1))
            for batch in buffer:
                loss = loss_module(batch)
                losses.append(loss.select("loss_critic", "loss_entropy", "loss_objective").detach())
                (loss["loss_critic"] + loss["loss_objective"] + loss["loss_entropy"]).backward()
                torch.nn.utils.clip_grad_norm_(loss_module.parameters(), max_norm=chosen["max_grad_norm"])
                optim.step()
                optim.zero_grad()
        mean = TensorDict.stack(losses).apply(lambda x: x.float().mean(), batch_size=[])
        metrics |= {f"train/{key}": value.item() for key, value in mean.items()}
        metrics |= {"train/lr": chosen["lr"], "train/clip_epsilon": chosen["clip_epsilon"]}
        if number % 5 == 4:
            with torch.no_grad(), set_exploration_type(ExplorationType.DETERMINISTIC):
                tests = [test_env.rollout(500, actor)["next", "reward"].sum().item() for _ in range(3)]
            metrics["eval/reward"] = sum(tests) / len(tests)
        for key, value in metrics.items():
            logger.log_scalar(key, value, collected)
    collector.shutdown()


def trainer(chosen: Settings, seed: int, out: Path) -> None:
    """Train with the library's PPOTrainer."""
    actor, critic = networks()
    collector = Collector(
        made(seed), actor, frames_per_batch=FRAMES, total_frames=FRAMES * BATCHES, split_trajs=False, device="cpu"
    )
    loss_module = objective(actor, critic, chosen)
    buffer = TensorDictReplayBuffer(
        storage=LazyTensorStorage(FRAMES), sampler=SamplerWithoutReplacement(), batch_size=chosen["mini_batch"]
    )
    PPOTrainer(
        collector=collector,
        total_frames=FRAMES * BATCHES,
        frame_skip=1,
        optim_steps_per_batch=FRAMES // chosen["mini_batch"],
        loss_module=loss_module,
        optimizer=torch.optim.Adam(loss_module.parameters(), lr=chosen["lr"]),
        logger=TensorboardLogger(out.name, str(out.parent)),
        clip_grad_norm=True,
        clip_norm=chosen["max_grad_norm"],
        num_epochs=chosen["epochs"],
        replay_buffer=buffer,
        gamma=chosen["gamma"],
        lmbda=chosen["lmbda"],
        log_interval=FRAMES // 2,
        episode_reward_key="episode_reward",
        progress_bar=False,
        seed=seed,
    ).train()


RECIPES = {"loop": loop, "trainer": trainer}


def scalars(out: Path) -> counts.Counts:
    """Count the values of every file of the CSVLogger, whose path below scalars/ is the name of its metric."""
    found = counts.csv(out, "scalars/**/*.csv", names=["step", "value"])
    files = {key.partition("#")[0]: count for key, count in found.items() if key.endswith("#value")}
    return {f"{file}#{file.removeprefix('scalars/').removesuffix('.csv')}": count for file, count in files.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="loop")
    given = arguments("Train a small PPO with torchrl.", sorted(FAULTS), parser)
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    fault = FAULTS.get(given.fault)
    RECIPES[given.recipe](SETTINGS | (fault.settings if fault else {}), given.seed, given.out.resolve())
    without_bulk(given.out)
    without_host_name(given.out)
    write_truth(
        given.out,
        framework=f"torchrl {torchrl.__version__}",
        command="tests/frameworks/train/torchrl_run.py "
        f"--recipe {given.recipe} --fault {given.fault} --seed {given.seed}",
        fault=given.fault,
        reader="EventAccumulator, pandas.read_csv",
        points=counts.tensorboard(given.out) | scalars(given.out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
