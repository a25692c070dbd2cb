"""Networks and policies of a TD3 agent in classes."""

from copy import deepcopy

import torch as th
from torch import nn


def create_mlp(input_dim, output_dim, net_arch, squash=False):
    modules = [nn.Linear(input_dim, net_arch[0]), nn.ReLU()]
    for before, after in zip(net_arch[:-1], net_arch[1:]):
        modules += [nn.Linear(before, after), nn.ReLU()]
    modules.append(nn.Linear(net_arch[-1], output_dim))
    if squash:
        modules.append(nn.Tanh())
    return modules


class NatureCNN(nn.Module):
    def __init__(self, channels, features_dim):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(channels, 32, 8, stride=4), nn.ReLU(), nn.Flatten())
        self.linear = nn.Sequential(nn.Linear(32 * 20 * 20, features_dim), nn.ReLU())

    def forward(self, observations):
        return self.linear(self.cnn(observations))


class BasePolicy(nn.Module):
    def __init__(self, features_dim):
        super().__init__()
        self.features_dim = features_dim
        self.features_extractor = NatureCNN(4, features_dim)

    def extract_features(self, obs):
        return self.features_extractor(obs.float() / 255.0)


class Actor(BasePolicy):
    def __init__(self, action_dim, features_dim=512):
        super().__init__(features_dim)
        self.mu = nn.Sequential(*create_mlp(features_dim, action_dim, [256, 256], squash=True))

    def forward(self, obs):
        return self.mu(self.extract_features(obs))


class ContinuousCritic(BasePolicy):
    def __init__(self, action_dim, features_dim=512, n_critics=2):
        super().__init__(features_dim)
        self.q_networks = nn.ModuleList(
            [nn.Sequential(*create_mlp(features_dim + action_dim, 1, [256, 256])) for _ in range(n_critics)]
        )

    def forward(self, obs, actions):
        features = self.extract_features(obs)
        qvalue_input = th.cat([features, actions], dim=1)
        return tuple(q_net(qvalue_input) for q_net in self.q_networks)

    def q1_forward(self, obs, actions):
        with th.no_grad():
            features = self.extract_features(obs)
        return self.q_networks[0](th.cat([features, actions], dim=1))


class TD3Policy:
    def __init__(self, action_dim, lr_schedule, optimizer_class=th.optim.Adam):
        self.actor = Actor(action_dim)
        self.actor_target = deepcopy(self.actor)
        self.critic = ContinuousCritic(action_dim)
        self.critic_target = deepcopy(self.critic)
        self.actor.optimizer = optimizer_class(self.actor.parameters(), lr=lr_schedule(1))
        self.critic.optimizer = optimizer_class(self.critic.parameters(), lr=lr_schedule(1))
