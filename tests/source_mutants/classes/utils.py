"""Buffer, logger and the soft update."""

import random
from collections import deque

import torch as th
from torch.utils.tensorboard import SummaryWriter


def polyak_update(params, target_params, tau):
    with th.no_grad():
        for param, target_param in zip(params, target_params):
            target_param.data.mul_(1 - tau)
            th.add(target_param.data, param.data, alpha=tau, out=target_param.data)


class ReplayBuffer:
    def __init__(self, size):
        self.storage = deque(maxlen=size)

    def add(self, obs, next_obs, action, reward, done):
        self.storage.append((obs, next_obs, action, reward, done))

    def sample(self, batch_size):
        return collate(random.sample(self.storage, batch_size))


class Logger:
    def __init__(self):
        self.writer = SummaryWriter()
        self.step = 0

    def record(self, key, value):
        self.writer.add_scalar(key, value, self.step)
