"""Train a small agent with skrl on Pendulum, logged by the library itself.

    python tests/frameworks/train/skrl_run.py --algorithm td3 --fault none --seed 0 --out RUNS/NAME

The settings are those of the library's own examples for this task (torch_gymnasium_pendulum_ppo and _td3 and _sac),
with more environments or fewer steps. The run is one event file; the library writes no configuration.
(A script named as the library would be imported in its place.)
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import skrl
import torch
from skrl.agents.torch.ppo import PPO, PPO_CFG
from skrl.agents.torch.sac import SAC, SAC_CFG
from skrl.agents.torch.td3 import TD3, TD3_CFG
from skrl.envs.wrappers.torch import wrap_env
from skrl.memories.torch import RandomMemory
from skrl.models.torch import DeterministicMixin, GaussianMixin, Model
from skrl.resources.noises.torch import GaussianNoise
from skrl.resources.preprocessors.torch import RunningStandardScaler
from skrl.resources.schedulers.torch import KLAdaptiveLR
from skrl.trainers.torch import SequentialTrainer
from skrl.utils import set_seed
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, without_bulk, without_host_name, write_truth

ENVS = {"ppo": 16, "td3": 1, "sac": 1}
STEPS = {"ppo": 12_800, "td3": 10_000, "sac": 8_000}
Settings = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """The settings that are wrong, the algorithm they are of, what the verdict must name and what would be wrong."""

    settings: Settings
    named: tuple[str, ...]
    never: tuple[str, ...]


FAULTS = {
    "policy-std-runaway": Fault(
        {"entropy_loss_scale": 0.5}, ("policy-std-runaway",), ("learning-rate-too-high", "reward-scale")
    ),
    # The library logs no learning rate without a scheduler.
    "learning-rate-too-high": Fault(
        {"learning_rate": 0.1, "learning_rate_scheduler": None}, (), ("reward-scale", "target-network-frozen")
    ),
    # Targets at the size of one reward: a discount of 0 has them too, and the library logs no discount.
    "target-network-frozen": Fault({"polyak": 0.0}, (), ("learning-rate-too-high", "reward-scale", "wrong-discount")),
    # The library logs rewards before they are shaped: values that do not fit them have several explanations.
    "reward-scale": Fault(
        {"rewards_shaper": lambda rewards, *_: rewards * 1000.0},
        (),
        ("target-network-frozen", "learning-rate-too-high", "actor-loss-through-encoder", "q-overestimation"),
    ),
}
NEVER = (
    *("learning-rate-too-high", "reward-scale", "target-network-frozen", "q-overestimation", "q-underestimation"),
    *("exploration-collapsed", "never-learned", "policy-std-runaway"),
)


class Policy(GaussianMixin, Model):
    """A Gaussian with a standard deviation of its own (PPO) or of the state (SAC)."""

    def __init__(self, spaces: Settings, of_state: bool = False) -> None:
        Model.__init__(self, **spaces)
        GaussianMixin.__init__(self, clip_actions=of_state, role="policy")
        inputs, outputs = self.num_observations, self.num_actions
        self.of_state = of_state
        self.net = nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.mean = nn.Linear(64, outputs)
        self.deviation = nn.Linear(64, outputs) if of_state else None
        self.log_std = nn.Parameter(torch.zeros(outputs))

    def compute(self, inputs: Settings, role: str = "") -> tuple[Tensor, Settings]:
        hidden = self.net(inputs["observations"])
        log_std = self.deviation(hidden) if self.deviation is not None else self.log_std
        return 2 * torch.tanh(self.mean(hidden)), {"log_std": log_std}


class Actor(DeterministicMixin, Model):
    """The policy of TD3."""

    def __init__(self, spaces: Settings) -> None:
        Model.__init__(self, **spaces)
        DeterministicMixin.__init__(self, role="policy")
        self.net = nn.Sequential(nn.Linear(self.num_observations, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.out = nn.Linear(64, self.num_actions)

    def compute(self, inputs: Settings, role: str = "") -> tuple[Tensor, Settings]:
        return 2 * torch.tanh(self.out(self.net(inputs["observations"]))), {}


class Value(DeterministicMixin, Model):
    """A value of the state, or of the state and the action taken."""

    def __init__(self, spaces: Settings, of_action: bool) -> None:
        Model.__init__(self, **spaces)
        DeterministicMixin.__init__(self, role="value")
        self.of_action = of_action
        inputs = self.num_observations + of_action * self.num_actions
        self.net = nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))

    def compute(self, inputs: Settings, role: str = "") -> tuple[Tensor, Settings]:
        parts = [inputs["observations"], *([inputs["taken_actions"]] if self.of_action else [])]
        return self.net(torch.cat(parts, 1)), {}


def ppo(env: Any, settings: Settings, steps: Settings) -> Any:
    """Return the agent of the library's example of PPO."""
    spaces = spaces_of(env)
    models = {"policy": Policy(spaces), "value": Value(spaces, False)}
    scaled = {"size": env.observation_space, "device": env.device}
    chosen: Settings = {
        "rollouts": 256, "learning_epochs": 10, "mini_batches": 16, "discount_factor": 0.9, "gae_lambda": 0.95,
        "learning_rate": 1e-3, "learning_rate_scheduler": KLAdaptiveLR, "grad_norm_clip": 0.5, "ratio_clip": 0.2,
        "value_clip": 0.2, "value_loss_scale": 0.5, "observation_preprocessor": RunningStandardScaler,
        "observation_preprocessor_kwargs": scaled, "value_preprocessor": RunningStandardScaler,
        "value_preprocessor_kwargs": {"size": 1, "device": env.device},
    }  # fmt: skip
    chosen |= settings
    if chosen["learning_rate_scheduler"] is not None:
        chosen["learning_rate_scheduler_kwargs"] = {"kl_threshold": 0.008}
    memory = RandomMemory(memory_size=256, num_envs=env.num_envs, device=env.device)
    return PPO(models=models, memory=memory, cfg=PPO_CFG(**chosen, **steps), **of(env))


def td3(env: Any, settings: Settings, steps: Settings) -> Any:
    """Return the agent of the library's example of TD3."""
    spaces = spaces_of(env)
    models = {"policy": Actor(spaces), "target_policy": Actor(spaces)}
    models |= critics(spaces)
    chosen: Settings = {
        "exploration_noise": GaussianNoise, "exploration_noise_kwargs": {"mean": 0, "std": 0.1, "device": env.device},
        "smooth_regularization_noise": GaussianNoise,
        "smooth_regularization_noise_kwargs": {"mean": 0, "std": 0.2, "device": env.device},
        "discount_factor": 0.98, "batch_size": 100, "random_timesteps": 1000, "learning_starts": 1000,
    }  # fmt: skip
    return TD3(models=models, memory=replay(env), cfg=TD3_CFG(**chosen | settings, **steps), **of(env))


def sac(env: Any, settings: Settings, steps: Settings) -> Any:
    """Return the agent of the library's example of SAC."""
    spaces = spaces_of(env)
    models = {"policy": Policy(spaces, of_state=True)} | critics(spaces)
    chosen: Settings = {
        "discount_factor": 0.98, "batch_size": 100, "random_timesteps": 0, "learning_starts": 1000,
        "learn_entropy": True,
    }  # fmt: skip
    return SAC(models=models, memory=replay(env), cfg=SAC_CFG(**chosen | settings, **steps), **of(env))


def critics(spaces: Settings) -> Settings:
    """Return two critics and their targets."""
    return {f"{kind}critic_{number}": Value(spaces, True) for kind in ("", "target_") for number in (1, 2)}


def replay(env: Any) -> RandomMemory:
    return RandomMemory(memory_size=20_000, num_envs=env.num_envs, device=env.device, replacement=False)


def spaces_of(env: Any) -> Settings:
    return of(env)


def of(env: Any) -> Settings:
    """Return what models and agents are told of their environment."""
    return {"observation_space": env.observation_space, "action_space": env.action_space, "device": env.device}


ALGORITHMS = {"ppo": ppo, "td3": td3, "sac": sac}


def train(algorithm: str, fault: Fault | None, seed: int, out: Path) -> None:
    """Train as the library's examples do, with its own logger."""
    env = wrap_env(gymnasium.make_vec("Pendulum-v1", num_envs=ENVS[algorithm], vectorization_mode="sync"))
    set_seed(seed)
    steps = STEPS[algorithm]
    experiment = {"directory": str(out.parent), "experiment_name": out.name, "checkpoint_interval": 0}
    experiment["write_interval"] = 256 if algorithm == "ppo" else steps // 70
    agent = ALGORITHMS[algorithm](env, fault.settings if fault else {}, {"experiment": experiment})
    loop = {"timesteps": steps, "headless": True, "disable_progressbar": True}
    SequentialTrainer(env=env, agents=agent, cfg=loop).train()
    agent.writer.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--algorithm", choices=sorted(ALGORITHMS), default="ppo")
    given = arguments("Train a small agent with skrl.", sorted(FAULTS), parser)
    torch.set_num_threads(1)
    fault = FAULTS.get(given.fault)
    train(given.algorithm, fault, given.seed, given.out.resolve())
    without_bulk(given.out)
    without_host_name(given.out)
    write_truth(
        given.out,
        framework=f"skrl {skrl.__version__}",
        command="tests/frameworks/train/skrl_run.py "
        f"--algorithm {given.algorithm} --fault {given.fault} --seed {given.seed}",
        fault=given.fault,
        reader="EventAccumulator",
        points=counts.tensorboard(given.out),
        named=fault.named if fault else (),
        never=fault.never if fault else NEVER,
    )


if __name__ == "__main__":
    main()
