"""A TD3 loop on a point mass, a few seconds long, with the recorder in it as a user would put it.

python -m tests.recorder.toy FOLDER [--seed N] [--steps N]
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path
from typing import Any

import torch
from torch import nn

from forensics.recorder import Recorder

GAMMA, TAU, NOISE, BATCH, LEARNING_STARTS, CAP = 0.95, 0.01, 0.2, 64, 200, 100
ACTOR_LIMIT, CRITIC_LIMIT = 0.5, 1.0


class Twin(nn.Module):
    """Two critics of observation and action."""

    def __init__(self) -> None:
        super().__init__()
        self.q1, self.q2 = (nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1)) for _ in range(2))

    def forward(self, observation: Any, action: Any) -> Any:
        """Return both values, float[n, 1] each."""
        both = torch.cat([observation, action], dim=1)
        return self.q1(both), self.q2(both)


def train(folder: Path, seed: int = 0, steps: int = 2_500, **options: Any) -> Recorder:
    """Train, record into `folder`, and return the recorder, closed. `options` are the recorder's."""
    torch.set_num_threads(1)  # networks this small only wait for other threads
    torch.manual_seed(seed)
    actor: Any = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
    critic: Any = Twin()
    target_actor, target_critic = copy.deepcopy(actor), copy.deepcopy(critic)
    actor_optimizer = torch.optim.Adam(actor.parameters(), lr=1e-3)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
    config = {"gamma": GAMMA, "tau": TAU, "learning_rate": 1e-3, "batch_size": BATCH, "total_timesteps": steps}
    about: dict[str, Any] = {"algorithm": "td3", "config": config, "planned_steps": steps, "seed": seed, "source": ()}
    held: list[tuple[Any, Any, Any, Any]] = []

    with Recorder(folder, **about, **options) as rec:
        rec.watch(actor, "actor", optimizer=actor_optimizer)
        rec.watch(critic, "critic", optimizer=critic_optimizer)
        state, length, total = torch.rand(2) * 2 - 1, 0, 0.0
        for step in range(1, steps + 1):
            with torch.no_grad():
                action = (actor(state[None])[0] + NOISE * torch.randn(1)).clamp(-1, 1)
            speed = (state[1] + 0.2 * action[0]).clamp(-2, 2)
            following = torch.stack([(state[0] + 0.1 * speed).clamp(-2, 2), speed])
            reward = -(following[0] ** 2 + 0.1 * speed**2)
            held.append((state, action, reward[None], following))
            state, length, total = following, length + 1, total + float(reward)
            if length == CAP:
                rec.episode(total, length, reason="time_limit", env_step=step)
                state, length, total = torch.rand(2) * 2 - 1, 0, 0.0
            if step < LEARNING_STARTS:
                continue

            rows = torch.randint(len(held), (BATCH,)).tolist()
            observation, acted, gained, then = (torch.stack([held[row][part] for row in rows]) for part in range(4))
            with torch.no_grad():
                smoothing = (NOISE * torch.randn_like(acted)).clamp(-0.5, 0.5)
                target = gained + GAMMA * torch.min(*target_critic(then, (target_actor(then) + smoothing).clamp(-1, 1)))
            q1, q2 = critic(observation, acted)
            critic_loss = ((q1 - target) ** 2).mean() + ((q2 - target) ** 2).mean()
            critic_optimizer.zero_grad()
            critic_loss.backward()
            rec.clip_grad_norm_(critic.parameters(), CRITIC_LIMIT, name="critic")
            critic_optimizer.step()
            values = {
                "critic_loss": critic_loss, "batch_q": q1, "q2": q2, "target_q": target, "reward": gained,
                "done_share": 0.0, "effective_discount": GAMMA, "buffer_size": len(held), "exploration_noise": NOISE,
                "replay_age": step - 1 - torch.tensor(rows),
            }  # fmt: skip
            if step % 2 == 0:
                policy_q = critic.q1(torch.cat([observation, actor(observation)], dim=1))
                actor_loss = -policy_q.mean()
                actor_optimizer.zero_grad()
                actor_loss.backward()
                rec.clip_grad_norm_(actor.parameters(), ACTOR_LIMIT, name="actor")
                actor_optimizer.step()
                values |= {"actor_loss": actor_loss, "policy_q": policy_q}
                with torch.no_grad():
                    for online, slow in ((actor, target_actor), (critic, target_critic)):
                        for new, old in zip(online.parameters(), slow.parameters(), strict=True):
                            old.lerp_(new, TAU)
            if not rec.step(env_step=step, **values):
                break
    return rec


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=2_500)
    told = parser.parse_args()
    train(told.folder, told.seed, told.steps)
