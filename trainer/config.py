"""Everything that can be set, as frozen dataclasses. No two fields share a name, so a flag needs no prefix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Architecture = Literal["tiny", "nature", "drqv2"]
Trunk = Literal["layernorm_tanh", "relu"]


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class Environment:
    """What the agent drives in."""

    env_id: str = "ForensicsCarla/LaneKeep-v0"
    """Gymnasium id."""
    backend: str = "loopback"
    """`loopback` (a stand-in server on this machine) or HOST:PORT of a CARLA server."""
    image_size: int = 48
    """Pixels of one side of the image."""
    max_episode_steps: int = 200
    """Time limit; an episode it cuts off is bootstrapped, not ended."""

    def __post_init__(self) -> None:
        _require(self.image_size >= 8, "image_size must be at least 8 pixels")
        _require(self.max_episode_steps >= 1, "max_episode_steps must be at least 1")


@dataclass(frozen=True)
class Training:
    """How long, how often."""

    seed: int = 0
    """Of the networks, the noise, the replay and the environment."""
    total_steps: int = 3_000
    """Environment steps of the whole run."""
    learning_starts: int = 600
    """Environment steps of uniform random actions before the first update."""
    updates_per_step: int = 1
    """Critic updates after each environment step."""
    evaluation_interval: int = 1_000
    """Environment steps between evaluations; each waits for the episode to end. 0: none."""
    evaluation_episodes: int = 6
    """Episodes of one evaluation, without noise."""
    checkpoint_interval: int = 1_000
    """Environment steps between checkpoints; each waits for the episode to end. 0: only the last."""
    checkpoint_replay: bool = True
    """Store the replay buffer too: without it a resumed run has to fill it again."""
    checkpoints_kept: int = 2
    """Older ones are deleted."""
    log_interval: int = 1
    """Updates between two records; those around an anomaly are all kept."""

    def __post_init__(self) -> None:
        _require(self.seed >= 0, "seed must not be negative")
        _require(self.total_steps >= 1, "total_steps must be at least 1")
        _require(self.learning_starts >= 0, "learning_starts must not be negative")
        _require(self.updates_per_step >= 0, "updates_per_step must not be negative")
        _require(min(self.evaluation_interval, self.checkpoint_interval) >= 0, "an interval must not be negative")
        _require(self.evaluation_episodes >= 1, "evaluation_episodes must be at least 1")
        _require(min(self.checkpoints_kept, self.log_interval) >= 1, "checkpoints_kept and log_interval start at 1")


@dataclass(frozen=True)
class Exploration:
    """Gaussian noise on the actions: linear from the first value to the last."""

    exploration_noise: float = 0.15
    """Standard deviation at the first step; the action's range is 2."""
    exploration_noise_final: float = 0.15
    """Standard deviation from `exploration_noise_steps` on."""
    exploration_noise_steps: int = 1
    """Environment steps from the first value to the last."""

    def __post_init__(self) -> None:
        _require(min(self.exploration_noise, self.exploration_noise_final) >= 0, "noise must not be negative")
        _require(self.exploration_noise_steps >= 1, "exploration_noise_steps must be at least 1")

    def at(self, step: int) -> float:
        """Return the standard deviation at an environment step."""
        share = min(step / self.exploration_noise_steps, 1.0)
        return self.exploration_noise + share * (self.exploration_noise_final - self.exploration_noise)


@dataclass(frozen=True)
class Algorithm:
    """Twin delayed DDPG (Fujimoto et al. 2018)."""

    gamma: float = 0.97
    """Discount of one step."""
    n_step: int = 1
    """Rewards summed before the target network takes over."""
    tau: float = 0.02
    """Share of the online networks that the targets take on, every `policy_delay` updates."""
    policy_delay: int = 2
    """Critic updates for one update of the actor and of the targets."""
    actor_starts: int = 0
    """Critic updates before the first one of the actor."""
    target_policy_noise: float = 0.2
    """Standard deviation of the noise on the target's action."""
    target_noise_clip: float = 0.5
    """Bound of that noise."""
    actor_learning_rate: float = 1e-3
    critic_learning_rate: float = 1e-3
    """Also that of the critic's encoder."""
    optimizer: Literal["adam", "sgd"] = "adam"
    actor_max_grad_norm: float = 1.0
    """Limit of the total gradient norm of the actor; inf: no clip."""
    critic_max_grad_norm: float = 10.0
    """Limit of the total gradient norm of the critic, its encoder included; inf: no clip."""

    def __post_init__(self) -> None:
        _require(0 <= self.gamma <= 1, "gamma must lie in [0, 1]")
        _require(0 <= self.tau <= 1, "tau must lie in [0, 1]")
        _require(min(self.n_step, self.policy_delay) >= 1, "n_step and policy_delay must be at least 1")
        _require(self.actor_starts >= 0, "actor_starts must not be negative")
        _require(min(self.target_policy_noise, self.target_noise_clip) >= 0, "noise must not be negative")
        _require(min(self.actor_learning_rate, self.critic_learning_rate) >= 0, "a learning rate must not be negative")
        _require(min(self.actor_max_grad_norm, self.critic_max_grad_norm) > 0, "a gradient limit must be positive")


@dataclass(frozen=True)
class Networks:
    """What sees and what decides."""

    encoder: Literal["shared", "separate"] = "shared"
    """`shared`: one, trained by the critic's loss alone (DrQ-v2). `separate`: actor and critic have their own."""
    architecture: Architecture = "tiny"
    """Convolutions of the encoder."""
    trunk: Trunk = "layernorm_tanh"
    """What follows them; the first is bounded, the second is not."""
    feature_dim: int = 50
    """Outputs of the encoder."""
    hidden_dim: int = 64
    """Width of the two hidden layers of actor and critics."""
    frame_stack: int = 3
    """Frames that the encoder sees at once."""

    def __post_init__(self) -> None:
        _require(min(self.feature_dim, self.hidden_dim, self.frame_stack) >= 1, "a network's sizes must be at least 1")


@dataclass(frozen=True)
class Replay:
    """What is remembered and how it is drawn."""

    buffer_size: int = 20_000
    """Frames kept."""
    batch_size: int = 64
    random_shift: int = 2
    """Pixels by which images are shifted at random at most; 0: not at all."""

    def __post_init__(self) -> None:
        _require(self.batch_size >= 1, "batch_size must be at least 1")
        _require(self.random_shift >= 0, "random_shift must not be negative")


@dataclass(frozen=True)
class Compute:
    """Where it runs. Only `cpu` is tested."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    replay_device: Literal["auto", "cpu", "cuda"] = "auto"
    """`auto`: on the GPU where it takes less than half of what is free there."""
    amp: bool = False
    """bfloat16 autocast."""
    compile: bool = False
    """torch.compile of the losses."""
    threads: int = 1
    """CPU threads of torch."""

    def __post_init__(self) -> None:
        _require(self.threads >= 1, "threads must be at least 1")


@dataclass(frozen=True)
class Config:
    """A whole run."""

    environment: Environment = field(default_factory=Environment)
    training: Training = field(default_factory=Training)
    exploration: Exploration = field(default_factory=Exploration)
    algorithm: Algorithm = field(default_factory=Algorithm)
    networks: Networks = field(default_factory=Networks)
    replay: Replay = field(default_factory=Replay)
    compute: Compute = field(default_factory=Compute)

    def __post_init__(self) -> None:
        _require(
            self.replay.buffer_size >= self.networks.frame_stack + 2,
            f"buffer_size {self.replay.buffer_size} is too small for a stack of {self.networks.frame_stack}",
        )
