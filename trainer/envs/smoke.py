"""Does everything that training asks of a simulator work on this server? About a minute on a real CARLA 0.9.16."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from forensics.errors import ForensicsError
from trainer.envs.env import CarlaEnv
from trainer.envs.errors import SimulatorError
from trainer.envs.probes import crash, drive_straight, steer_right
from trainer.envs.reasons import Reason

IMAGE_SIZE = 84
_EPISODES, _STEPS = 2, 50
_RATE_TICKS = 100


@dataclass(frozen=True)
class Check:
    """One thing that was tried, whether it went well, and what was seen."""

    name: str
    passed: bool
    seen: str


@dataclass
class Report:
    """All that was tried, in order; it stops at the first thing without which the rest cannot be tried."""

    backend: str
    kind: str = "unknown"
    """`carla`, or `loopback` where the server is our stand-in, whatever its address."""
    checks: list[Check] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything went well."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    def __str__(self) -> str:
        lines = [f"{'ok  ' if check.passed else 'FAIL'} {check.name}: {check.seen}" for check in self.checks]
        verdict = "all checks passed" if self.passed else "not fit for training"
        return "\n".join([*lines, f"{verdict} on {self.backend} ({self.kind}) in {self.seconds:.0f} s"])


def smoke(backend: str, *, map_name: str | None = None, timeout: float = 20.0) -> Report:
    """Try everything on `loopback` or HOST:PORT, and leave the world as it was found.

    Raises ConfigError, or SimulatorError where there is no server to try it on.
    """
    report = Report(backend)
    began = time.monotonic()
    env = CarlaEnv("lane_keep", backend, IMAGE_SIZE, map_name=map_name, timeout=timeout)
    try:
        report.kind = env.simulator.kind
        for check in _checks(env):
            report.checks.append(check)
    except SimulatorError as error:
        report.checks.append(Check("the simulator answers", False, str(error)))
    finally:
        env.close()
    report.seconds = time.monotonic() - began
    return report


def _checks(env: CarlaEnv) -> Iterator[Check]:
    simulator = env.simulator
    lanes, starts = len(simulator.graph.points), len(simulator.spawn_points)
    seen = f"CARLA {simulator.rig.server_version}, map {simulator.map_name}, {lanes} lanes, {starts} spawn points"
    yield Check("server and map", lanes > 0 and starts > 0, seen)
    env.reset(seed=0)
    yield _rate(env)
    yield _picture(env)
    yield Check("throttle", *drive_straight(simulator))
    yield Check("steering", *steer_right(simulator))
    yield Check("collision sensor", *crash(simulator))
    yield from (_episode(env, seed) for seed in range(_EPISODES))


def _rate(env: CarlaEnv) -> Check:
    began = time.monotonic()
    for _ in range(_RATE_TICKS):
        env.simulator.drive(0.0, 0.0, 1.0)
    rate = _RATE_TICKS / (time.monotonic() - began)
    return Check("ticks with camera", True, f"{rate:.0f} a second, each image of its own tick")


def _picture(env: CarlaEnv) -> Check:
    picture = env.reset(seed=0)[0]["image"]
    spread = float(np.std(picture))
    seen = f"{picture.shape[2]} x {picture.shape[1]} pixels, brightness {np.mean(picture):.0f} +- {spread:.0f}"
    return Check("camera", spread > 1.0, seen)


def _episode(env: CarlaEnv, seed: int) -> Check:
    _, info = env.reset(seed=seed)
    at_start, total, steps = (info["speed"], abs(info["lateral"])), 0.0, 0
    reason = "still driving"
    while steps < _STEPS and reason == "still driving":
        steer = np.clip(-0.5 * info["lateral"] - 1.5 * info["heading_error"], -1.0, 1.0)
        pedal = np.clip(0.5 * (6.0 - info["speed"]), -1.0, 1.0)
        _, reward, terminated, truncated, info = env.step(np.array([steer, pedal], np.float32))
        total, steps = total + reward, steps + 1
        if terminated or truncated:
            reason = info["termination_reason"]
    if reason == Reason.SIMULATOR_ERROR:
        raise SimulatorError(info["error"])
    seen = f"put on the lane at {at_start[0]:.1f} m/s, {at_start[1]:.1f} m off its middle; {steps} steps, "
    seen += f"return {total:.1f}, {info['travelled']:.0f} m, {reason}"
    return Check(f"episode {seed + 1}", at_start[0] > 1.0 and at_start[1] < 1.0 and reason == "still driving", seen)


def main(words: Sequence[str]) -> int:
    """Run `trainer smoke --backend HOST:PORT [--map TOWN]`; return 0 fit for training, 1 not, 2 nothing to try."""
    import argparse

    parser = argparse.ArgumentParser(prog="trainer smoke", description=__doc__)
    parser.add_argument("--backend", default="loopback", help="loopback, or HOST:PORT of a CARLA server")
    parser.add_argument("--map", default=None, help="a town to load first, or a road of the loopback")
    parser.add_argument("--timeout", type=float, default=20.0, help="seconds after which the server counts as gone")
    given = parser.parse_args(words)
    try:
        report = smoke(given.backend, map_name=given.map, timeout=given.timeout)
    except ForensicsError as error:
        sys.stderr.write(f"trainer smoke: {error}\n")
        return error.exit_code
    sys.stdout.write(f"{report}\n")
    return 0 if report.passed else 1
