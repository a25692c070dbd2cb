"""What one update or environment step computed, under the tags that the recorder's catalogue of metrics declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from trainer.replay import Batch

_TAGS = {
    "critic_loss": "losses/critic_loss",
    "q1_loss": "losses/q1_loss",
    "q2_loss": "losses/q2_loss",
    "actor_loss": "losses/actor_loss",
    "td_error": "losses/td_error",
    "q1": "q_values/q1",
    "q2": "q_values/q2",
    "target_q": "q_values/target_q",
    "policy_q": "q_values/policy_q",
    "policy_action": "actions/policy_action",
}


def update_values(metrics: Mapping[str, Tensor], batch: Batch, noise: float, held: int) -> dict[str, Any]:
    """Return tag -> value of one update. Tensors stay on the device; `held` is how many transitions the buffer holds.

    The effective discount is that of one environment step, whatever the number of steps in a return.
    """
    return {
        **{_TAGS[name]: value for name, value in metrics.items()},
        "replay/reward": batch.reward,
        "replay/done_share": batch.done.mean(),
        "replay/effective_discount": batch.discount.pow(1.0 / batch.steps).mean(),
        "replay/replay_age": batch.age.mean(),
        "replay/buffer_size": held,
        "exploration/exploration_noise": noise,
    }


def step_values(reward: float, info: Mapping[str, Any]) -> dict[str, float]:
    """Return tag -> value of one environment step: the reward, and the speed where the environment tells it."""
    speed = {"environment/speed": float(info["speed"])} if "speed" in info else {}
    return {"environment/reward": reward, **speed}
