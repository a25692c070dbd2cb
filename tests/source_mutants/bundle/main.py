"""Collect, learn, evaluate."""

import argparse

import gymnasium
import numpy
import torch
from torch.utils.tensorboard import SummaryWriter

from learner import learn, make_optimizers
from nets import build


class Memory:
    def __init__(self, size):
        self.size, self.rows = size, []

    def push(self, pixels, action, reward, next_pixels, terminated):
        self.rows = [*self.rows, (pixels, action, reward, next_pixels, terminated)][-self.size :]

    def draw(self, count):
        picked = [self.rows[at] for at in numpy.random.randint(len(self.rows), size=count)]
        names = ("pixels", "action", "reward", "next_pixels", "terminated")
        return {name: torch.as_tensor(numpy.stack(column)).float() for name, column in zip(names, zip(*picked))}


def act(bundle, pixels):
    with torch.no_grad():
        return bundle.policy(bundle.encoder(torch.as_tensor(pixels).float()[None]))[0].numpy()


def evaluate(world, bundle):
    pixels, _ = world.reset()
    total, over = 0.0, False
    while not over:
        pixels, reward, terminated, truncated, _ = world.step(act(bundle, pixels))
        total, over = total + reward, terminated or truncated
    return total


def train(options):
    world, exam = gymnasium.make(options.world), gymnasium.make(options.world)
    bundle = build(4, world.action_space.shape[0])
    optimizers = make_optimizers(bundle, options.lr)
    memory, writer = Memory(100_000), SummaryWriter(options.log_dir)
    pixels, _ = world.reset(seed=options.seed)
    for count in range(options.steps):
        action = (act(bundle, pixels) + numpy.random.normal(0, 0.1, 2)).clip(-1, 1)
        next_pixels, reward, terminated, truncated, _ = world.step(action)
        memory.push(pixels, action, reward, next_pixels, terminated)
        pixels = next_pixels
        if terminated or truncated:
            pixels, _ = world.reset()
        if count > options.warmup:
            learn(bundle, optimizers, memory.draw(options.batch_size), count, writer)
        if count % 5_000 == 0:
            writer.add_scalar("exam/return", evaluate(exam, bundle), count)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--world", default="CarRacing-v3")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--warmup", type=int, default=2_000)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--log-dir", default="runs/bundle")
    return parser.parse_args()


if __name__ == "__main__":
    train(options())
