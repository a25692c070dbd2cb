"""TD3 from pixels in one file: separate encoders, clipped gradients, logged norms."""

import copy
import random
from dataclasses import dataclass

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import tyro
from torch.utils.tensorboard import SummaryWriter


@dataclass
class Args:
    env_id: str = "CarRacing-v3"
    seed: int = 1
    total_timesteps: int = 1000000
    learning_rate: float = 3e-4
    buffer_size: int = 100000
    gamma: float = 0.99
    tau: float = 0.005
    batch_size: int = 256
    learning_starts: int = 5000
    policy_frequency: int = 2
    exploration_noise: float = 0.1
    policy_noise: float = 0.2
    noise_clip: float = 0.5


MAX_GRAD_NORM = 10.0
NORM_ALERT = 8.0


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.Sequential(nn.Conv2d(9, 32, 3, stride=2), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU())
        self.trunk = nn.Linear(32 * 39 * 39, 50)

    def forward(self, pixels):
        return torch.tanh(self.trunk(self.convs(pixels / 255.0).flatten(1)))


class QNetwork(nn.Module):
    def __init__(self, env):
        super().__init__()
        self.fc1 = nn.Linear(50 + np.prod(env.action_space.shape), 256)
        self.fc2 = nn.Linear(256, 256)
        self.fc3 = nn.Linear(256, 1)

    def forward(self, features, action):
        x = torch.cat([features, action], 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class Actor(nn.Module):
    def __init__(self, env):
        super().__init__()
        self.fc1 = nn.Linear(50, 256)
        self.fc_mu = nn.Linear(256, np.prod(env.action_space.shape))

    def forward(self, features):
        return torch.tanh(self.fc_mu(F.relu(self.fc1(features))))


def evaluate(env, actor, encoder, device):
    obs, _ = env.reset()
    total, done = 0.0, False
    while not done:
        with torch.no_grad():
            action = actor(encoder(torch.Tensor(obs).to(device))).cpu().numpy()
        obs, reward, terminated, truncated, _ = env.step(action)
        total, done = total + reward, terminated or truncated
    return total


if __name__ == "__main__":
    args = tyro.cli(Args)
    writer = SummaryWriter(f"runs/{args.env_id}__{args.seed}")
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = torch.device("cuda")
    env = gym.make(args.env_id)
    eval_env = gym.make(args.env_id)

    actor_encoder = Encoder().to(device)
    critic_encoder = Encoder().to(device)
    actor = Actor(env).to(device)
    qf1 = QNetwork(env).to(device)
    qf2 = QNetwork(env).to(device)
    target_encoder = copy.deepcopy(critic_encoder)
    target_actor_encoder = copy.deepcopy(actor_encoder)
    target_actor = copy.deepcopy(actor)
    qf1_target = copy.deepcopy(qf1)
    qf2_target = copy.deepcopy(qf2)
    critic_parameters = list(critic_encoder.parameters()) + list(qf1.parameters()) + list(qf2.parameters())
    actor_parameters = list(actor_encoder.parameters()) + list(actor.parameters())
    q_optimizer = optim.Adam(critic_parameters, lr=args.learning_rate)
    actor_optimizer = optim.Adam(actor_parameters, lr=args.learning_rate)
    rb = ReplayBuffer(args.buffer_size, env.observation_space, env.action_space, device)

    obs, _ = env.reset(seed=args.seed)
    for global_step in range(args.total_timesteps):
        if global_step < args.learning_starts:
            action = env.action_space.sample()
        else:
            with torch.no_grad():
                action = actor(actor_encoder(torch.Tensor(obs).to(device)))
                action = (action + torch.randn_like(action) * args.exploration_noise).cpu().numpy().clip(-1, 1)
        next_obs, reward, terminated, truncated, info = env.step(action)
        rb.add(obs, next_obs, action, reward, terminated, info)
        obs = next_obs
        if terminated or truncated:
            obs, _ = env.reset()

        if global_step > args.learning_starts:
            data = rb.sample(args.batch_size)
            with torch.no_grad():
                noise = (torch.randn_like(data.actions) * args.policy_noise).clamp(-args.noise_clip, args.noise_clip)
                next_features = target_encoder(data.next_observations)
                next_action = (target_actor(target_actor_encoder(data.next_observations)) + noise).clamp(-1, 1)
                q1_next = qf1_target(next_features, next_action)
                q2_next = qf2_target(next_features, next_action)
                next_q = data.rewards + (1 - data.dones) * args.gamma * torch.min(q1_next, q2_next)

            features = critic_encoder(data.observations)
            q1 = qf1(features, data.actions)
            q2 = qf2(features, data.actions)
            qf_loss = F.mse_loss(q1, next_q) + F.mse_loss(q2, next_q)

            q_optimizer.zero_grad()
            qf_loss.backward()
            q_norm = nn.utils.clip_grad_norm_(critic_parameters, MAX_GRAD_NORM)
            q_norm_after = torch.linalg.vector_norm(torch.stack([p.grad.norm() for p in critic_parameters]))
            q_optimizer.step()
            if q_norm_after > NORM_ALERT:
                print("the critic's gradient is close to its limit")

            if global_step % args.policy_frequency == 0:
                features = features.detach()
                policy_action = actor(actor_encoder(data.observations))
                actor_loss = -qf1(features, policy_action).mean()
                actor_optimizer.zero_grad()
                actor_loss.backward()
                actor_norm = nn.utils.clip_grad_norm_(actor_parameters, 1.0)
                actor_optimizer.step()

                for param, target in zip(qf1.parameters(), qf1_target.parameters()):
                    target.data.copy_(args.tau * param.data + (1 - args.tau) * target.data)
                for param, target in zip(qf2.parameters(), qf2_target.parameters()):
                    target.data.copy_(args.tau * param.data + (1 - args.tau) * target.data)
                for param, target in zip(critic_encoder.parameters(), target_encoder.parameters()):
                    target.data.copy_(args.tau * param.data + (1 - args.tau) * target.data)
                for param, target in zip(actor.parameters(), target_actor.parameters()):
                    target.data.copy_(args.tau * param.data + (1 - args.tau) * target.data)
                for param, target in zip(actor_encoder.parameters(), target_actor_encoder.parameters()):
                    target.data.copy_(args.tau * param.data + (1 - args.tau) * target.data)
                writer.add_scalar("losses/actor_loss", actor_loss.item(), global_step)
                writer.add_scalar("gradients/actor_norm_before_clip", actor_norm.item(), global_step)

            if global_step % 100 == 0:
                writer.add_scalar("losses/qf_loss", qf_loss.item(), global_step)
                writer.add_scalar("losses/qf1_values", q1.mean().item(), global_step)
                writer.add_scalar("gradients/critic_norm_before_clip", q_norm.item(), global_step)
                writer.add_scalar("gradients/critic_norm_after_clip", q_norm_after.item(), global_step)

        if global_step % 10000 == 0:
            evaluate(eval_env, actor, actor_encoder, device)
    writer.close()
