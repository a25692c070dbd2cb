"""Train TD3 with behaviour cloning (Fujimoto and Gu 2021) on a fixed data set of pendulum transitions."""

# mypy: ignore-errors

import argparse
import copy
from pathlib import Path

import gymnasium
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
import yaml
from torch import nn
from torch.utils.tensorboard import SummaryWriter


def mlp(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs))


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = mlp(3, 1)

    def forward(self, state):
        return torch.tanh(self.net(state))


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.q1, self.q2 = mlp(4, 1), mlp(4, 1)

    def forward(self, state, action):
        both = torch.cat([state, action], dim=1)
        return self.q1(both), self.q2(both)


def collect(count, width, seed):
    """Transitions of a mediocre controller with a little noise: narrow in its actions, as logged data are."""
    env = gymnasium.make("Pendulum-v1")
    random = np.random.default_rng(seed)
    columns = {"state": [], "action": [], "reward": [], "next_state": []}
    state, _ = env.reset(seed=seed)
    for _ in range(count):
        cosine, sine, speed = state
        wanted = -1.5 * sine - 0.3 * speed if cosine > 0.7 else 0.4 * np.sign(speed)
        action = np.clip([0.5 * wanted + width * random.standard_normal()], -1, 1).astype(np.float32)
        following, reward, _, truncated, _ = env.step(2 * action)
        for name, value in zip(columns, (state, action, [reward], following), strict=True):
            columns[name].append(np.asarray(value, np.float32))
        state = env.reset()[0] if truncated else following
    return {name: torch.from_numpy(np.stack(rows)) for name, rows in columns.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--train-steps", type=int, default=12000)
    parser.add_argument("--transitions", type=int, default=4000)
    parser.add_argument("--width", type=float, default=0.05)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--gamma", type=float, default=0.99)
    parser.add_argument("--tau", type=float, default=0.005)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--policy-delay", type=int, default=2)
    parser.add_argument("--alpha", type=float, default=2.5)
    parser.add_argument("--bc-weight", type=float, default=1.0)
    parser.add_argument("--log-every", type=int, default=100)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    settings = {key: value for key, value in vars(args).items() if key != "out"}
    (args.out / "config.yaml").write_text(yaml.safe_dump({"algorithm": "TD3+BC", **settings}, sort_keys=False))
    writer = SummaryWriter(str(args.out))

    data = collect(args.transitions, args.width, args.seed)
    actor, critic = Actor(), Critic()
    actor_target, critic_target = copy.deepcopy(actor), copy.deepcopy(critic)
    actor_optimizer = torch.optim.Adam(actor.parameters(), lr=args.lr)
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=args.lr)

    for update in range(1, args.train_steps + 1):
        rows = torch.randint(args.transitions, (args.batch_size,))
        state, action, reward, next_state = (data[name][rows] for name in ("state", "action", "reward", "next_state"))
        with torch.no_grad():
            noise = (0.2 * torch.randn_like(action)).clamp(-0.5, 0.5)
            next_action = (actor_target(next_state) + noise).clamp(-1, 1)
            target = reward + args.gamma * torch.min(*critic_target(next_state, next_action))
        q1, q2 = critic(state, action)
        critic_loss = F.mse_loss(q1, target) + F.mse_loss(q2, target)
        critic_optimizer.zero_grad()
        critic_loss.backward()
        critic_optimizer.step()

        if update % args.policy_delay == 0:
            chosen = actor(state)
            policy_q = critic(state, chosen)[0]
            bc_loss = F.mse_loss(chosen, action)
            scale = args.alpha / policy_q.abs().mean().detach()
            actor_loss = -scale * policy_q.mean() + args.bc_weight * bc_loss
            actor_optimizer.zero_grad()
            actor_loss.backward()
            actor_optimizer.step()
            with torch.no_grad():
                for net, target_net in ((actor, actor_target), (critic, critic_target)):
                    for own, slow in zip(net.parameters(), target_net.parameters(), strict=True):
                        slow.lerp_(own, args.tau)

        if update % args.log_every == 0:
            writer.add_scalar("losses/critic_loss", critic_loss.item(), update)
            writer.add_scalar("losses/actor_loss", actor_loss.item(), update)
            writer.add_scalar("losses/bc_loss", bc_loss.item(), update)
            writer.add_scalar("losses/q1_values", q1.mean().item(), update)
            writer.add_scalar("losses/target_q", target.mean().item(), update)
    writer.close()


if __name__ == "__main__":
    main()
