"""The faults that can be planted in a run on Stable-Baselines3: each a small, real mistake, at two strengths."""

from __future__ import annotations

from typing import Any

from tests.planted.agents import edits
from tests.planted.agents.callbacks import EpisodesOnTheirOwnAxis, RateRaised, WriterLost
from tests.planted.agents.wrappers import (
    ActionsIgnored,
    AnnealedBonus,
    NeverEnds,
    ObservationInOtherUnits,
    RewardInOtherUnits,
    TerminalCalledTimeout,
)
from tests.planted.fault import Config, Fault


def _times(key: str) -> Any:
    """Return an override that multiplies a setting."""

    def override(config: Config, amount: float) -> Config:
        value = config[key] * amount
        return config | {key: int(value) if isinstance(config[key], int) else value}

    return override


def _put(key: str, of: Any = float) -> Any:
    """Return an override that replaces a setting."""
    return lambda config, amount: config | {key: of(amount)}


def _target_frozen(config: Config, amount: float) -> Config:
    """No update of the target for the whole run; value-based methods count steps between copies."""
    if "target_update_interval" in config:
        return config | {"target_update_interval": 10_000_000}
    return config | {"tau": amount}


def _no_exploration(config: Config, _amount: float) -> Config:
    """No noise and no random warm-up; a temperature fixed near 0; no random actions."""
    if "exploration_fraction" in config:
        return config | {"exploration_fraction": 1e-6, "exploration_final_eps": 0.0, "learning_starts": 1}
    config = config | {"learning_starts": 1}
    if "action_noise_std" in config:
        config["action_noise_std"] = 0.0
    if "ent_coef" in config:
        config["ent_coef"] = 1e-6
    return config


def _many_epochs(config: Config, amount: float) -> Config:
    """Many epochs on each batch; TRPO: a trust region so many times as wide."""
    if config["algorithm"] == "trpo":
        return config | {"target_kl": config["target_kl"] * amount}
    return config | {"n_epochs": int(config["n_epochs"] * amount), "clip_range": 0.2 * amount}


def _many_critics(config: Config, amount: float) -> Config:
    """The smallest of many critics; TQC: most of the upper quantiles dropped."""
    if config["algorithm"] == "tqc":
        return config | {"top_quantiles_to_drop_per_net": int(amount)}
    return config | {"n_critics": int(amount)}


def _timeouts_are_ends(config: Config, _amount: float) -> Config:
    return config | {"replay_buffer_kwargs": {"handle_timeout_termination": False}}


AGENT_FAULTS: dict[str, Fault] = {
    "none": Fault(),
    "learning-rate-too-high": Fault(amounts=(30.0, 100.0), config=_times("learning_rate")),
    "reward-scale": Fault(amounts=(100.0, 1000.0), environment=RewardInOtherUnits),
    "tanh-saturation": Fault(amounts=(30.0, 100.0), model=edits.saturate),
    "target-network-frozen": Fault(amounts=(1e-6, 0.0), config=_target_frozen),
    "loss-detached-from-parameters": Fault(model=edits.detach_action),
    "replay-too-small": Fault(amounts=(512.0, 128.0), config=_put("buffer_size", int)),
    "non-finite-values": Fault(amounts=(3500.0, 3500.0), environment=AnnealedBonus),
    "exploration-collapsed": Fault(amounts=(-4.0, -5.0), config=_no_exploration, model=edits.narrow_policy),
    "policy-update-too-large": Fault(amounts=(3.0, 6.0), config=_many_epochs),
    "policy-std-runaway": Fault(amounts=(0.05, 0.3), config=_put("ent_coef")),
    "entropy-collapse": Fault(amounts=(-1.0, -5.0), config=_put("ent_coef")),
    "value-function-not-learning": Fault(model=edits.no_value_loss_gradient),
    "value-function-not-learning-by-scale": Fault(
        amounts=(300.0, 3000.0),
        cause="reward-scale",
        also=("value-function-not-learning",),
        environment=RewardInOtherUnits,
    ),
    "collapse-after-peak": Fault(
        amounts=(30.0, 100.0),
        also=("learning-rate-too-high", "policy-update-too-large"),
        callback=lambda config, amount: RateRaised(amount, config["total_timesteps"]),
    ),
    "never-learned": Fault(amounts=(0.9, 1.0), environment=ActionsIgnored),
    "endless-episode": Fault(amounts=(5.0, 0.0), environment=NeverEnds),
    "terminal-bootstrapped": Fault(amounts=(0.9, 1.0), environment=TerminalCalledTimeout),
    "timeout-as-terminal": Fault(config=_timeouts_are_ends),
    "wrong-discount": Fault(amounts=(0.03, 1.0), config=_put("gamma")),
    "observation-unnormalised": Fault(amounts=(255.0, 1000.0), environment=ObservationInOtherUnits),
    "q-overestimation": Fault(model=edits.take_larger_target),
    "q-underestimation": Fault(amounts=(8.0, 20.0), config=_many_critics),
    "target-not-detached": Fault(model=edits.differentiate_target),
    "wrong-loss-sign": Fault(model=edits.flip_actor_loss),
    "wrong-policy-sign": Fault(cause="wrong-loss-sign", also=("never-learned",), model=edits.flip_policy_loss),
    "wrong-update-ratio": Fault(amounts=(20.0, 40.0), config=_put("gradient_steps", int)),
    "dead-units": Fault(amounts=(0.95, 1.0), model=edits.kill_units),
    "mixed-step-axes": Fault(amounts=(4.0, 1.0), callback=lambda _config, every: EpisodesOnTheirOwnAxis(int(every))),
    "logging-frozen": Fault(
        amounts=(0.7, 0.4), callback=lambda config, share: WriterLost(share, config["total_timesteps"])
    ),
}
