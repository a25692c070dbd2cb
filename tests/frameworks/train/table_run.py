"""Train a policy by REINFORCE with a value baseline on CartPole, logged as one plain table `episode,timestep,reward`.

    python tests/frameworks/train/table_run.py --fault none --seed 0 --out RUNS/NAME

No library logs: the script writes results.csv with the csv module and its arguments with yaml, as many scripts do.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import gymnasium
import torch
import yaml
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, write_truth

EPISODES = {"none": 250, "never-learned": 4800}  # a policy that falls at once makes short episodes
RATE, GAMMA = 5e-3, 0.99
# The returns are computed and the update is never made: `optimizer.step()` stands under a condition that never holds.
FAULTS = ("never-learned",)


def train(fault: str, seed: int, out: Path) -> None:
    """Train, one row an episode."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    env = gymnasium.make("CartPole-v1")
    policy = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 2))
    value = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 1))
    settings = {"env": "CartPole-v1", "lr": RATE, "gamma": GAMMA, "episodes": EPISODES[fault], "seed": seed}
    out.joinpath("args.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    adam = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=RATE)
    timestep = 0
    with out.joinpath("results.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["episode", "timestep", "reward"])
        for episode in range(EPISODES[fault]):
            seen, chances, rewards = [], [], []
            observation, _ = env.reset(seed=seed * 1000 + episode)
            over = False
            while not over:
                seen.append(torch.as_tensor(observation))
                choice = torch.distributions.Categorical(logits=policy(seen[-1]))
                action = choice.sample()
                chances.append(choice.log_prob(action))
                observation, reward, terminated, truncated, _ = env.step(action.item())
                rewards.append(float(reward))
                over = terminated or truncated
            timestep += len(rewards)
            table.writerow([episode, timestep, sum(rewards)])
            returns = [0.0]
            for each in reversed(rewards):
                returns.append(each + GAMMA * returns[-1])
            target = torch.tensor(returns[:0:-1])
            guess = value(torch.stack(seen)).squeeze(-1)
            advantage = (target - guess).detach()
            loss = -(torch.stack(chances) * (advantage / (advantage.std() + 1e-6))).mean()
            loss = loss + nn.functional.smooth_l1_loss(guess, target)
            adam.zero_grad()
            loss.backward()
            if fault != "never-learned":
                adam.step()


def main() -> None:
    given = arguments("Train on CartPole and log one table.", FAULTS)
    given.out.mkdir(parents=True)
    train(given.fault, given.seed, given.out)
    write_truth(
        given.out,
        framework="a table episode,timestep,reward",
        command=command(given),
        fault=given.fault,
        reader="pandas.read_csv",
        points={key: count for key, count in counts.csv(given.out, "results.csv").items() if not key.endswith("step")},
        named=["never-learned"] if given.fault != "none" else [],
        never=["collapse-after-peak", "learning-rate-too-high", "reward-scale", "exploration-collapsed"],
    )


if __name__ == "__main__":
    main()
