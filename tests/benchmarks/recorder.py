"""What recording costs: time of a TD3 update with the recorder over the time without, both in one process.

    python -m tests.benchmarks.recorder [--rounds 12] [--updates 50]

The update is that of a pixel TD3 at about the size of the trainer's preset `cpu`: a small CNN encoder on 84x84x4 uint8
frames, MLPs, batch 64, twin critics, an actor updated every second time. Both loops train the same networks on the same
data, in turns, on one thread; CPU time is compared, and the ratio of the rounds is printed with its spread. A round of
fifty updates holds one of the cadence at which parameters and activations are measured. Then the wall time of single
calls is printed, which is how long a record can hold up a loop.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forensics.recorder import Recorder

try:
    import torch
    from torch import nn
except ModuleNotFoundError:
    print("not measured: torch is not installed (pip install 'run-forensics[recorder]')")
    raise SystemExit(0) from None

BATCH, ACTIONS, LIMIT = 64, 2, 10.0


def encoder() -> Any:
    """Return a small encoder: 84x84x4 to 50 features."""
    return nn.Sequential(
        nn.Conv2d(4, 16, 8, 4), nn.ReLU(), nn.Conv2d(16, 32, 4, 2), nn.ReLU(), nn.Flatten(),
        nn.Linear(32 * 81, 50), nn.LayerNorm(50), nn.Tanh(),
    )  # fmt: skip


def mlp(inputs: int, outputs: int) -> Any:
    """Return an MLP of two hidden layers."""
    return nn.Sequential(nn.Linear(inputs, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, outputs))


class Loop:
    """Networks, a batch, and one update after the other; with a recorder, or with torch's own clip."""

    def __init__(self, recorder: Recorder | None) -> None:
        torch.manual_seed(0)
        self.encoder, self.actor = encoder(), nn.Sequential(mlp(50, ACTIONS), nn.Tanh())
        self.critics = nn.ModuleList([mlp(50 + ACTIONS, 1) for _ in range(2)])
        self.critic_parameters = [*self.encoder.parameters(), *self.critics.parameters()]
        self.critic_optimizer = torch.optim.Adam(self.critic_parameters, lr=1e-4)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=1e-4)
        self.frames = torch.randint(0, 256, (BATCH, 4, 84, 84), dtype=torch.uint8)
        self.action, self.reward = torch.rand(BATCH, ACTIONS) * 2 - 1, torch.randn(BATCH, 1)
        self.recorder = recorder
        self.count = 0
        if recorder is not None:
            recorder.watch(self.encoder, "critic_cnn")
            recorder.watch(self.critics, "critic_mlp", optimizer=self.critic_optimizer)
            recorder.watch(self.actor, "actor", optimizer=self.actor_optimizer)

    def clip(self, parameters: Any, name: str) -> None:
        """Clip, recorded or not."""
        if self.recorder is None:
            torch.nn.utils.clip_grad_norm_(parameters, LIMIT)
        else:
            self.recorder.clip_grad_norm_(parameters, LIMIT, name=name)

    def q(self, features: Any, action: Any) -> list[Any]:
        """Return both critics' values."""
        both = torch.cat([features, action], dim=1)
        return [critic(both) for critic in self.critics]

    def update(self) -> None:
        """Make one update of the critics, and every second time of the actor."""
        self.count += 1
        features = self.encoder(self.frames.float() / 255)
        with torch.no_grad():
            target = self.reward + 0.99 * torch.min(*self.q(features, self.actor(features)))
        q1, q2 = self.q(features, self.action)
        critic_loss: Any = nn.functional.mse_loss(q1, target) + nn.functional.mse_loss(q2, target)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.clip(self.critic_parameters, "critic")
        self.critic_optimizer.step()
        values = {"critic_loss": critic_loss, "q1": q1, "q2": q2, "target_q": target, "reward": self.reward}
        if self.count % 2 == 0:
            features = features.detach()
            policy_q = self.q(features, self.actor(features))[0]
            self.actor_optimizer.zero_grad()
            (-policy_q.mean()).backward()
            self.clip(self.actor.parameters(), "actor")
            self.actor_optimizer.step()
            values |= {"policy_q": policy_q, "actor_loss": -policy_q.mean()}
        if self.recorder is not None:
            self.recorder.step(self.count, done_share=0.0, effective_discount=0.99, exploration_noise=0.1, **values)


def cpu_seconds(update: Callable[[], None], updates: int) -> float:
    """Return the CPU time of one update."""
    before = time.process_time()
    for _ in range(updates):
        update()
    return (time.process_time() - before) / updates


def calls(recorder: Recorder, count: int = 5_000) -> list[float]:
    """Return the sorted wall times of `record` with forty scalars, seconds."""
    values = {f"value_{number}": number / 7 for number in range(40)}
    taken = []
    for step in range(count):
        before = time.perf_counter()
        recorder.record("benchmark", values, env_step=step)
        taken.append(time.perf_counter() - before)
    return sorted(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--updates", type=int, default=50)
    told = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, Recorder(Path(folder) / "run", source=()) as recorder:
        plain, recorded = Loop(None), Loop(recorder)
        for loop in (plain, recorded):
            cpu_seconds(loop.update, 10)
        rounds = [
            (cpu_seconds(plain.update, told.updates), cpu_seconds(recorded.update, told.updates))
            for _ in range(told.rounds)
        ]
        ratios = sorted(with_it / without for without, with_it in rounds)
        without, with_it = (statistics.median(times) for times in zip(*rounds, strict=True))
        quartiles = statistics.quantiles(ratios, n=4)
        print(f"update without {1e3 * without:.2f} ms, with the recorder {1e3 * with_it:.2f} ms of CPU (medians)")
        print(
            f"ratio {statistics.median(ratios):.3f} (median of {told.rounds} rounds of {told.updates} updates), "
            f"quartiles {quartiles[0]:.3f} to {quartiles[2]:.3f}, range {ratios[0]:.3f} to {ratios[-1]:.3f}"
        )
        taken = calls(recorder)
        shown = ", ".join(
            f"p{100 * share:g} {1e6 * taken[math.ceil(share * len(taken)) - 1]:.0f} us" for share in (0.5, 0.99, 0.999)
        )
        print(f"record() of forty scalars to both files, wall time: {shown}, longest {1e6 * taken[-1]:.0f} us")


if __name__ == "__main__":
    main()
