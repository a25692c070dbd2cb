"""TD3 as an algorithm class over a policy and a buffer."""

import numpy as np
import torch as th
from torch.nn import functional as F

from policies import TD3Policy
from utils import Logger, ReplayBuffer, polyak_update


class TD3:
    def __init__(self, env, learning_rate=1e-3, buffer_size=100_000, learning_starts=100, batch_size=256, tau=0.005,
                 gamma=0.99, policy_delay=2, target_policy_noise=0.2, target_noise_clip=0.5, max_grad_norm=0.5,
                 use_amp=False):
        self.env = env
        self.lr_schedule = lambda _: learning_rate
        self.learning_starts, self.batch_size, self.tau, self.gamma = learning_starts, batch_size, tau, gamma
        self.policy_delay = policy_delay
        self.target_policy_noise, self.target_noise_clip = target_policy_noise, target_noise_clip
        self.max_grad_norm = max_grad_norm
        self.num_timesteps, self._n_updates = 0, 0
        self.policy = TD3Policy(env.action_space.shape[0], self.lr_schedule)
        self.actor, self.actor_target = self.policy.actor, self.policy.actor_target
        self.critic, self.critic_target = self.policy.critic, self.policy.critic_target
        self.replay_buffer = ReplayBuffer(buffer_size)
        self.scaler = th.cuda.amp.GradScaler()
        self.logger = Logger()

    def train(self, gradient_steps):
        actor_losses, critic_losses = [], []
        for _ in range(gradient_steps):
            self._n_updates += 1
            replay_data = self.replay_buffer.sample(self.batch_size)
            with th.no_grad():
                noise = replay_data.actions.clone().data.normal_(0, self.target_policy_noise)
                noise = noise.clamp(-self.target_noise_clip, self.target_noise_clip)
                next_actions = (self.actor_target(replay_data.next_observations) + noise).clamp(-1, 1)
                next_q_values = th.cat(self.critic_target(replay_data.next_observations, next_actions), dim=1)
                next_q_values, _ = th.min(next_q_values, dim=1, keepdim=True)
                target_q_values = replay_data.rewards + (1 - replay_data.dones) * self.gamma * next_q_values

            current_q_values = self.critic(replay_data.observations, replay_data.actions)
            critic_loss = sum(F.mse_loss(current_q, target_q_values) for current_q in current_q_values)
            critic_losses.append(critic_loss.item())
            self.critic.optimizer.zero_grad()
            self.scaler.scale(critic_loss).backward()
            self.scaler.unscale_(self.critic.optimizer)
            critic_norm = th.nn.utils.clip_grad_norm_(self.critic.parameters(), self.max_grad_norm)
            self.logger.record("train/critic_grad_norm_before_clip", critic_norm.item())
            self.logger.record("train/critic_grad_norm_after_clip", self._grad_norm(self.critic))
            self.scaler.step(self.critic.optimizer)

            if self._n_updates % self.policy_delay == 0:
                actor_loss = -self.critic.q1_forward(replay_data.observations, self.actor(replay_data.observations)).mean()
                actor_losses.append(actor_loss.item())
                self.actor.optimizer.zero_grad()
                self.scaler.scale(actor_loss).backward()
                self.scaler.unscale_(self.actor.optimizer)
                th.nn.utils.clip_grad_norm_(self.actor.parameters(), self.max_grad_norm)
                self.scaler.step(self.actor.optimizer)
                polyak_update(self.critic.parameters(), self.critic_target.parameters(), self.tau)
                polyak_update(self.actor.parameters(), self.actor_target.parameters(), self.tau)
            self.scaler.update()

        self.logger.record("train/n_updates", self._n_updates)
        if len(actor_losses) > 0:
            self.logger.record("train/actor_loss", np.mean(actor_losses))
        self.logger.record("train/critic_loss", np.mean(critic_losses))

    def _grad_norm(self, module):
        total = 0.0
        for p in module.parameters():
            total += p.grad.norm(2).item() ** 2
        return total ** 0.5

    def learn(self, total_timesteps):
        obs, _ = self.env.reset()
        while self.num_timesteps < total_timesteps:
            action = self.predict(obs)
            new_obs, reward, terminated, truncated, info = self.env.step(action)
            self.num_timesteps += 1
            self.replay_buffer.add(obs, new_obs, action, reward, terminated)
            obs = new_obs
            if terminated or truncated:
                obs, _ = self.env.reset()
            if self.num_timesteps > self.learning_starts:
                self.train(gradient_steps=1)
        return self

    def predict(self, obs):
        with th.no_grad():
            return self.actor(th.as_tensor(obs).unsqueeze(0)).cpu().numpy()[0]


def main():
    import gymnasium as gym

    model = TD3(gym.make("CarRacing-v3"))
    model.learn(100_000)


if __name__ == "__main__":
    main()
