"""Train a small run with the logger and the monitor of OpenAI's baselines.

    python tests/frameworks/train/baselines_ppo2.py --library baselines-0.1.5 --fault none --seed 0 --out RUNS/NAME

`--library` is the unpacked source distribution of 0.1.5. The library needs TensorFlow 1 and cannot be installed any
more; its logger and its monitor are plain Python and are used untouched. `learn` is written after ppo2/ppo2.py, line by
line where it collects and logs, with torch in place of TensorFlow.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gymnasium
import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.frameworks import counts
from tests.frameworks.keep import arguments, command, without_paths, write_truth

ENVS, NSTEPS, GAMMA, LAM, CLIP = 4, 128, 0.99, 0.95, 0.2
NAMED: dict[str, tuple[str, ...]] = {"endless-episode": ()}  # that no episode ends is said; some tasks are without end
NEVER = ("value-function-not-learning", "never-learned", "learning-rate-too-high", "entropy-collapse")


class OldInterface:
    """An environment as gym had it before 0.26: reset returns an observation, step four values."""

    def __init__(self, env: Any, seed: int) -> None:
        self.spec = SimpleNamespace(id=env.spec.id)
        self.observation_space, self.action_space = env.observation_space, env.action_space
        self._env, self._seed = env, seed

    def reset(self, **_: Any) -> Any:
        seed, self._seed = self._seed, None  # type: ignore[assignment]
        return self._env.reset(seed=seed)[0]

    def step(self, action: int) -> Any:
        observation, reward, terminated, truncated, info = self._env.step(int(action))
        return observation, float(reward), terminated or truncated, info


class ThreeTorques(gymnasium.ActionWrapper):
    """The pendulum with the torques -2, 0 and 2."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.action_space = gymnasium.spaces.Discrete(3)

    def action(self, action: Any) -> Any:
        return np.array([2.0 * action - 2.0], np.float32)


def environment(fault: str, seed: int) -> Any:
    """Return CartPole; for the endless episode a pendulum that was unwrapped, and lost its time limit so."""
    if fault == "endless-episode":
        return OldInterface(ThreeTorques(gymnasium.make("Pendulum-v1").unwrapped), seed)
    return OldInterface(gymnasium.make("CartPole-v1"), seed)


class Model(nn.Module):
    """MlpPolicy of ppo2: two layers of 64 for the policy, two of their own for the value."""

    def __init__(self, inputs: int, actions: int) -> None:
        super().__init__()
        self.pi = nn.Sequential(nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, actions))
        self.vf = nn.Sequential(nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
        self.trainer = torch.optim.Adam(self.parameters(), eps=1e-5)

    def step(self, obs: Any) -> tuple[Any, Any, Any]:
        with torch.no_grad():
            pd = torch.distributions.Categorical(logits=self.pi(torch.as_tensor(obs)))
            actions = pd.sample()
            return actions.numpy(), self.vf(torch.as_tensor(obs))[:, 0].numpy(), -pd.log_prob(actions).numpy()

    def train_on(self, lr: float, obs: Any, returns: Any, actions: Any, values: Any, neglogpacs: Any) -> list[float]:
        obs, returns, actions, values, old = map(torch.as_tensor, (obs, returns, actions, values, neglogpacs))
        advs = returns - values
        advs = (advs - advs.mean()) / (advs.std() + 1e-8)
        pd = torch.distributions.Categorical(logits=self.pi(obs))
        neglogpac, vpred = -pd.log_prob(actions), self.vf(obs)[:, 0]
        entropy = pd.entropy().mean()
        clipped = values + (vpred - values).clamp(-CLIP, CLIP)
        vf_loss = 0.5 * torch.maximum((vpred - returns) ** 2, (clipped - returns) ** 2).mean()
        ratio = torch.exp(old - neglogpac)
        pg_loss = torch.maximum(-advs * ratio, -advs * ratio.clamp(1 - CLIP, 1 + CLIP)).mean()
        approxkl = 0.5 * ((neglogpac - old) ** 2).mean()
        clipfrac = ((ratio - 1).abs() > CLIP).float().mean()
        self.trainer.param_groups[0]["lr"] = lr
        self.trainer.zero_grad()
        (pg_loss + vf_loss * 0.5).backward()
        nn.utils.clip_grad_norm_(self.parameters(), 0.5)
        self.trainer.step()
        return [item.item() for item in (pg_loss, vf_loss, entropy, approxkl, clipfrac)]


class Runner:
    """Runner of ppo2, over environments that start anew by themselves (DummyVecEnv)."""

    def __init__(self, envs: list[Any], model: Model) -> None:
        self.envs, self.model = envs, model
        self.obs = np.array([env.reset() for env in envs], np.float32)
        self.dones = np.zeros(len(envs), np.bool_)

    def run(self) -> tuple[Any, ...]:
        held: dict[str, list[Any]] = {
            name: [] for name in ("obs", "actions", "values", "neglogpacs", "dones", "rewards")
        }
        epinfos = []
        for _ in range(NSTEPS):
            actions, values, neglogpacs = self.model.step(self.obs)
            for name, value in zip(held, (self.obs.copy(), actions, values, neglogpacs, self.dones), strict=False):
                held[name].append(value)
            rewards, dones = [], []
            for place, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
                self.obs[place], reward, done, info = env.step(action)
                if "episode" in info:
                    epinfos.append(info["episode"])
                if done:
                    self.obs[place] = env.reset()
                rewards.append(reward)
                dones.append(done)
            self.dones = np.array(dones)
            held["rewards"].append(rewards)
        obs, actions, values, neglogpacs, ended, rewarded = (np.asarray(item) for item in held.values())
        last_values = self.model.step(self.obs)[1]
        advs = np.zeros_like(values)
        lastgaelam = np.zeros(len(self.envs))
        for t in reversed(range(NSTEPS)):
            last = t == NSTEPS - 1
            nextnonterminal = 1.0 - (self.dones if last else ended[t + 1])
            delta = rewarded[t] + GAMMA * (last_values if last else values[t + 1]) * nextnonterminal - values[t]
            advs[t] = lastgaelam = delta + GAMMA * LAM * nextnonterminal * lastgaelam
        batch = (obs, advs + values, actions, values, neglogpacs)
        return (*(item.swapaxes(0, 1).reshape(-1, *item.shape[2:]) for item in batch), epinfos)


def learn(logger: Any, envs: list[Any], total_timesteps: int, rate: float, log_interval: int) -> None:
    model = Model(envs[0].observation_space.shape[0], int(envs[0].action_space.n))
    runner = Runner(envs, model)
    epinfobuf: deque[dict[str, float]] = deque(maxlen=100)
    tfirststart = time.time()
    nbatch = ENVS * NSTEPS
    nupdates = total_timesteps // nbatch
    for update in range(1, nupdates + 1):
        tstart = time.time()
        lrnow = rate * (1.0 - (update - 1.0) / nupdates)
        *arrays, epinfos = runner.run()
        epinfobuf.extend(epinfos)
        mblossvals = []
        inds = np.arange(nbatch)
        for _ in range(4):
            np.random.shuffle(inds)
            for start in range(0, nbatch, nbatch // 4):
                mbinds = inds[start : start + nbatch // 4]
                mblossvals.append(model.train_on(lrnow, *(array[mbinds] for array in arrays)))
        lossvals = np.mean(mblossvals, axis=0)
        tnow = time.time()
        fps = int(nbatch / (tnow - tstart))
        if update % log_interval == 0 or update == 1:
            returns, values = arrays[1], arrays[3]
            ev = np.nan if np.var(returns) == 0 else 1 - np.var(returns - values) / np.var(returns)
            logger.logkv("serial_timesteps", update * NSTEPS)
            logger.logkv("nupdates", update)
            logger.logkv("total_timesteps", update * nbatch)
            logger.logkv("fps", fps)
            logger.logkv("explained_variance", float(ev))
            logger.logkv("eprewmean", safemean([epinfo["r"] for epinfo in epinfobuf]))
            logger.logkv("eplenmean", safemean([epinfo["l"] for epinfo in epinfobuf]))
            logger.logkv("time_elapsed", tnow - tfirststart)
            for lossval, lossname in zip(
                lossvals, ["policy_loss", "value_loss", "policy_entropy", "approxkl", "clipfrac"], strict=True
            ):
                logger.logkv(lossname, lossval)
            logger.dumpkvs()


def safemean(xs: list[float]) -> float:
    return float(np.nan if len(xs) == 0 else np.mean(xs))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", type=Path, required=True, help="the unpacked source distribution of baselines")
    parser.add_argument("--steps", type=int, default=60_000)
    given = arguments("Train a small run with the logger of baselines.", sorted(NAMED), parser)
    sys.path.insert(0, str(given.library))
    from baselines import logger
    from baselines.bench import Monitor

    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    np.random.seed(given.seed)
    logger.configure(str(given.out), ["stdout", "log", "csv", "json"])
    envs = [
        Monitor(environment(given.fault, 1000 * given.seed + rank), str(given.out / str(rank))) for rank in range(ENVS)
    ]
    learn(logger, envs, given.steps, 1e-3, given.steps // 30_000)
    logger.reset()
    without_paths(given.out, {f"{given.out.parent}/": ""}, "log.txt")  # where the logger was told to write
    write_truth(
        given.out,
        framework="baselines 0.1.5",
        layout="its own logger and bench.Monitor; what is logged is written after ppo2/ppo2.py of 0.1.5",
        command=command(given, library="baselines-0.1.5", steps=given.steps),
        fault=given.fault,
        reader="baselines.logger.read_csv and read_json (pandas), load_results of stable_baselines3, its descendant",
        points=counts.csv(given.out) | counts.monitors(given.out) | lines(given.out / "progress.json"),
        named=NAMED.get(given.fault, ()),
        never=NEVER if given.fault == "none" else ("non-finite-values", "nan-filtered-from-logs"),
    )


def lines(path: Path) -> counts.Counts:
    """Count the values of every key as baselines.logger.read_json does: a line of JSON a row."""
    import pandas as pd

    table = pd.read_json(path, lines=True)
    return {f"{path.name}#{name}": len(table) for name in table.columns}


if __name__ == "__main__":
    main()
