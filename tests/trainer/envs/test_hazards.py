"""What kills or hangs a process that uses `carla`: each turned into an error, an aborted episode, or nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.trainer.envs.driver import episode
from trainer.envs.errors import NoServerError, SimulatorError, SimulatorTimeoutError, VersionError

if TYPE_CHECKING:
    from trainer.envs.env import CarlaEnv

Make = Callable[..., "CarlaEnv"]
ROOT = Path(__file__).resolve().parents[3]
TIMEOUT = 1.0
ACTION = np.array([0.0, 0.2], np.float32)


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("end", "code"), [("", 0), ("raise ValueError('a bug')", 1), ("raise SystemExit(3)", 3)])
def test_a_process_that_forgets_to_close_ends_as_it_should(make_env: Make, end: str, code: int) -> None:
    program = "from trainer.envs.env import CarlaEnv\nenv = CarlaEnv()\nenv.reset(seed=0)\n"
    program += f"env.step(env.action_space.sample())\n{end}\n"
    ended = run(program)
    assert ended.returncode == code, ended.stderr
    assert "terminate called" not in ended.stderr


def test_a_server_that_is_killed_aborts_the_episode_and_the_next_one_has_a_new_server(make_env: Make) -> None:
    env = make_env(timeout=TIMEOUT)
    env.reset(seed=0)
    pid = env.simulator._backend._own.pid  # type: ignore[union-attr]
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    _, reward, terminated, truncated, info = env.step(ACTION)
    assert time.monotonic() - began < 5 * TIMEOUT
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert info["termination_reason"] == "simulator_error"
    assert "driving" in info["error"]
    assert sum(info["reward_components"].values()) == 0.0
    assert episode(env, seed=0, limit=30)[-1].info.get("termination_reason") is None


def test_a_server_that_hangs_is_a_time_out_and_not_a_hang(make_env: Make) -> None:
    env = make_env(timeout=TIMEOUT)
    env.reset(seed=0)
    pid = env.simulator._backend._own.pid  # type: ignore[union-attr]
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        *_, truncated, info = env.step(ACTION)
        assert truncated
        assert "did not answer" in info["error"]
        env.close()
        assert time.monotonic() - began < 15.0
    finally:
        if _exists(pid):
            os.kill(pid, signal.SIGCONT)


def test_a_server_of_somebody_else_that_is_gone_for_good_is_an_error_at_reset(make_env: Make) -> None:
    from trainer.loopback.process import LoopbackServer

    with LoopbackServer() as server:
        env = make_env(backend=server.address, timeout=TIMEOUT)
        env.reset(seed=0)
    assert env.step(ACTION)[3]
    for _ in range(2):
        with pytest.raises(NoServerError, match=f"no CARLA server at {server.address}"):
            env.reset()


def test_what_listens_but_does_not_answer_is_no_server(make_env: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        backend = f"127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(NoServerError, match="did not answer as a CARLA server within 1 s"):
            make_env(backend=backend, timeout=TIMEOUT)


@contextmanager
def old_server() -> Iterator[str]:
    """A loopback server that says it is of another version."""
    program = (
        "import sys, trainer.loopback.calls.episode as episode\n"
        "episode.CLIENT_VERSION = '0.9.15'\n"
        "sys.argv = ['loopback', '--port=0']\n"
        "import runpy; runpy.run_module('trainer.loopback', run_name='__main__')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        yield process.stdout.readline().split()[-1]
        process.kill()
        process.wait(10)


def test_a_server_of_another_version_is_refused_before_anything_is_streamed(make_env: Make) -> None:
    with (
        old_server() as address,
        pytest.raises(VersionError, match=r"is CARLA 0\.9\.15, the installed client is 0\.9\.16"),
    ):
        make_env(backend=address, timeout=5.0)


def test_a_car_that_somebody_else_removed_aborts_the_episode(make_env: Make) -> None:
    env = make_env()
    env.reset(seed=0)
    env.simulator.rig._destroy([env.simulator.rig.car.id])
    *_, truncated, info = env.step(ACTION)
    assert truncated
    assert info["termination_reason"] == "simulator_error"
    assert len(episode(env, seed=0, limit=10)) == 10


def test_what_a_killed_run_left_behind_is_removed(make_env: Make) -> None:
    from trainer.loopback.process import LoopbackServer

    with LoopbackServer() as server:
        program = "import os\nfrom trainer.envs.env import CarlaEnv\n"
        program += f"env = CarlaEnv(backend='{server.address}')\nenv.reset(seed=0)\nos.kill(os.getpid(), 9)\n"
        assert run(program).returncode == -signal.SIGKILL
        env = make_env(backend=server.address)
        env.reset(seed=0)
        actors = [actor.type_id for actor in env.simulator.rig.world.get_actors()]
        assert sorted(actors) == [
            "sensor.camera.rgb", "sensor.other.collision", "spectator", "vehicle.tesla.model3",
        ]  # fmt: skip
        assert len(episode(env, seed=0, limit=10)) == 10


def test_a_closed_environment_leaves_the_world_as_it_was_found(make_env: Make) -> None:
    import carla

    from trainer.loopback.process import LoopbackServer

    with LoopbackServer() as server:
        env = make_env(backend=server.address)
        env.reset(seed=0)
        env.close()
        env.close()
        client = carla.Client(server.host, server.port)
        client.set_timeout(5.0)
        world = client.get_world()
        assert not world.get_settings().synchronous_mode
        assert [actor.type_id for actor in world.get_actors()] == ["spectator"]


def test_images_that_come_late_are_waited_for_and_older_ones_dropped() -> None:
    from trainer.envs.camera import FrameQueue

    def image(frame: int) -> SimpleNamespace:
        return SimpleNamespace(frame=frame, width=2, height=1, raw_data=bytes([frame] * 8))

    images = FrameQueue()
    for frame in (3, 4, 5):
        images.put(image(frame))
    assert images.wait(5, TIMEOUT)[0, 0, 0] == 5
    images.put(image(6))
    with pytest.raises(SimulatorTimeoutError, match="frame 7 did not come"):
        images.wait(7, 0.1)


def test_a_crash_that_is_reported_late_belongs_to_the_life_before() -> None:
    from trainer.envs.crashes import CollisionQueue

    crashes = CollisionQueue()
    crashes.put(SimpleNamespace(frame=8))
    assert not crashes.since(8)
    crashes.put(SimpleNamespace(frame=9))
    assert crashes.since(8)
    assert not crashes.since(8)


def test_a_refused_spawn_says_why(make_env: Make) -> None:
    env = make_env()
    with pytest.raises(SimulatorError, match="cannot be had"):
        env.simulator.rig._mount(100_000)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
