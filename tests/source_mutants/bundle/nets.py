"""Networks of the agent, kept together in one bundle."""

import copy
from dataclasses import dataclass

import torch
from torch import nn


class PixelEncoder(nn.Module):
    def __init__(self, frames, width):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(frames, 32, 3, stride=2), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU())
        self.project = nn.Linear(32 * 19 * 19, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, pixels):
        flat = self.body(pixels / 255.0 - 0.5).flatten(start_dim=1)
        return torch.tanh(self.norm(self.project(flat)))


class Policy(nn.Module):
    def __init__(self, width, actions):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, 256), nn.Linear(256, 256)])
        self.out = nn.Linear(256, actions)

    def forward(self, hidden):
        for layer in self.layers:
            hidden = torch.relu(layer(hidden))
        return torch.tanh(self.out(hidden))


class TwinQ(nn.Module):
    def __init__(self, width, actions):
        super().__init__()
        self.heads = nn.ModuleDict({name: _head(width + actions) for name in ("one", "two")})

    def forward(self, hidden, action):
        joint = torch.cat((hidden, action), dim=-1)
        return self.heads["one"](joint), self.heads["two"](joint)


def _head(inputs):
    return nn.Sequential(nn.Linear(inputs, 256), nn.ReLU(), nn.Linear(256, 1))


@dataclass
class Bundle:
    encoder: PixelEncoder
    policy: Policy
    critic: TwinQ
    encoder_target: PixelEncoder
    policy_target: Policy
    critic_target: TwinQ


def build(frames, actions, width=64):
    encoder, policy, critic = PixelEncoder(frames, width), Policy(width, actions), TwinQ(width, actions)
    return Bundle(encoder, policy, critic, copy.deepcopy(encoder), copy.deepcopy(policy), copy.deepcopy(critic))
