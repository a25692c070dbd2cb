"""A full environment step against the bare tick of the simulator, in the same run.

    python -m tests.benchmarks.environment_steps [--rounds 15] [--image-size 84]

Three loopback servers on the same road, in turn:

- full: `env.step` of lane keeping, that is control, tick, the camera's frame, observation and reward, with the resets
  where an episode ends;
- bare: `world.tick()` alone, of a world like that of the environment: car, camera and collision sensor, frames rendered
  and sent, and dropped on arrival;
- empty: `world.tick()` of a world in which there is nothing, not even a camera; no environment can come near it.

Rates are ticks or steps per second: of wall time, in which client and server wait for each other, and of CPU time, user
and system, of client and server together (the server's as the kernel counts it, in hundredths of a second).
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from tests.benchmarks.timing import interleaved, paired, verdict

try:
    import gymnasium

    import trainer.envs
    from trainer.envs.address import parse
    from trainer.envs.client import connect, load_carla
    from trainer.loopback.process import LoopbackServer

    load_carla()
except (ModuleNotFoundError, RuntimeError) as missing:
    print(f"not measured: {missing} (pip install 'run-forensics[trainer]')")
    raise SystemExit(0) from None

ENV_ID = next(iter(trainer.envs.IDS))
ROAD = "s-bend"
STEPS = 300
FULL, BARE, EMPTY = "full", "bare", "empty"


def environment(server: LoopbackServer, image_size: int) -> Any:
    """Return lane keeping on a server, begun."""
    env = gymnasium.make(
        ENV_ID, backend=server.address, image_size=image_size, max_episode_steps=10**6, disable_env_checker=True
    )
    env.reset(seed=0)
    return env


def steps(env: Any) -> None:
    """Drive: the wheel against what the car is off its lane."""
    info = {"lateral": 0.0, "heading_error": 0.0}
    for _ in range(STEPS):
        steer = -0.3 * info["lateral"] - info["heading_error"]
        *_, terminated, truncated, info = env.step([max(-1.0, min(1.0, steer)), 0.1])
        if terminated or truncated:
            env.reset()


def ticks(world: Any) -> None:
    """Tick and do nothing else."""
    for _ in range(STEPS):
        world.tick()


def without_reader(rig: Any) -> Any:
    """Return the world of a rig whose images nobody keeps: unread ones would pile up and slow the ticks down."""
    for sensor in rig._sensors:
        sensor.stop()
        sensor.listen(lambda data: None)
    return rig.world


def empty_world(server: LoopbackServer) -> tuple[Any, Any]:
    """Return an empty world that waits for ticks, and the client that has to be kept for it."""
    client = connect(parse(server.address), 20.0)
    world = client.get_world()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.1
    world.apply_settings(settings)
    return world, client


def cpu_of(process: int | None) -> float:
    """Return the seconds of CPU, user and system, that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show(what: str, seconds: Mapping[str, list[float]]) -> None:
    """Print the rates, and the ratios against the demand."""
    print(f"per second of {what}, {STEPS} at a time, medians of {len(seconds[FULL])} rounds:")
    for name, turns in seconds.items():
        print(f"  {name:6} {STEPS / statistics.median(turns):7.0f}")
    over_bare, over_empty = (paired(seconds[name], seconds[FULL]) for name in (BARE, EMPTY))
    print(f"  rate of full over bare: {over_bare}, {verdict(over_bare, least=0.3)}")
    print(f"  rate of full over empty: {over_empty}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--image-size", type=int, default=84)
    told = parser.parse_args()
    with ExitStack() as stack:
        servers = [stack.enter_context(LoopbackServer(road=ROAD)) for _ in range(3)]
        driven, ticked = (environment(server, told.image_size) for server in servers[:2])
        stack.callback(ticked.close)
        stack.callback(driven.close)
        mounted = without_reader(ticked.unwrapped.simulator.rig)
        empty, client = empty_world(servers[2])
        contestants: dict[str, Callable[[], None]] = {
            FULL: lambda: steps(driven),
            BARE: lambda: ticks(mounted),
            EMPTY: lambda: ticks(empty),
        }
        interleaved(contestants, 1)  # warms up
        show("wall time", interleaved(contestants, told.rounds, clock=perf_counter))
        if Path("/proc/self/stat").exists():
            of_all = interleaved(
                contestants, told.rounds, clock=lambda: process_time() + sum(cpu_of(server.pid) for server in servers)
            )
            show("CPU time, client and server", of_all)
        del client


if __name__ == "__main__":
    main()
