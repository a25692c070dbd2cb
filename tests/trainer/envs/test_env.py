"""The environments on the loopback, through the real client."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.trainer.envs.driver import episode
from trainer.envs import IDS
from trainer.envs.reward import END_WEIGHT

if TYPE_CHECKING:
    from trainer.envs.env import CarlaEnv

Make = Callable[..., "CarlaEnv"]


@pytest.fixture(scope="module")
def env(make_env: Make) -> CarlaEnv:
    return make_env(max_episode_steps=200)


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_gymnasium_finds_nothing_wrong(make_env: Make, id_: str) -> None:
    import gymnasium
    from gymnasium.utils.env_checker import check_env

    env = gymnasium.make(id_, max_episode_steps=50, render_mode="rgb_array", disable_env_checker=True)
    try:
        check_env(env.unwrapped, skip_render_check=True)
        env.reset(seed=0)
        picture = env.render()
        assert isinstance(picture, np.ndarray)
        assert picture.shape == (48, 48, 3)
    finally:
        env.close()


def test_the_parts_of_the_reward_add_up_to_it_at_every_step(env: CarlaEnv) -> None:
    generator = np.random.default_rng(1)
    for _ in range(5):
        for step in episode(env, generator):
            assert step.reward == sum(step.info["reward_components"].values())


def test_who_keeps_to_the_lane_drives_until_time_is_up(env: CarlaEnv) -> None:
    steps = episode(env, seed=0)
    assert len(steps) == 200
    assert steps[-1].info["termination_reason"] == "time_limit"
    assert (steps[-1].terminated, steps[-1].truncated) == (False, True)
    assert sum(step.reward for step in steps) > 170
    assert all("termination_reason" not in step.info for step in steps[:-1])


@pytest.mark.parametrize(
    ("action", "reason"), [([1.0, 0.2], "off_lane"), ([-1.0, 0.2], "off_lane"), ([0.0, -1.0], "stalled")]
)
def test_a_failure_ends_the_task_and_is_named(env: CarlaEnv, action: list[float], reason: str) -> None:
    last = episode(env, action, seed=0)[-1]
    assert (last.terminated, last.truncated) == (True, False)
    assert last.info["termination_reason"] == reason
    assert last.info["reward_components"]["end"] == -END_WEIGHT


def test_a_crash_into_another_car_ends_the_episode(make_env: Make) -> None:
    env = make_env()
    env.reset(seed=0)
    ahead = env._plan.course.points[15]
    with env.simulator.rig.obstacle(ahead.x, ahead.y, 0.3, math.degrees(ahead.yaw)):
        last = episode(env, seed=0)[-1]
    assert last.info["termination_reason"] == "collision"
    assert last.terminated
    assert episode(env, seed=0, limit=40)[-1].info.get("termination_reason") is None


@pytest.mark.parametrize("road", ["loop", "intersection"])
def test_a_route_is_driven_to_its_end_by_the_commands(make_env: Make, road: str) -> None:
    env = make_env(task="route", map_name=road, max_episode_steps=2_000)
    commands = set()
    for seed in range(10):
        steps = episode(env, seed=seed)
        last = steps[-1]
        assert last.info["termination_reason"] == "route_completed"
        assert (last.terminated, last.info["reward_components"]["end"]) == (True, END_WEIGHT)
        assert 30.0 < last.info["course_length"] <= 300.0
        for step in steps:
            assert sum(step.state[3:7]) == 1.0
            commands.add(step.state[3:7].index(1.0))
    assert commands > {0, 3}  # follow, straight on, and at least one turn


def test_the_driver_sees_the_road_and_his_own_action(env: CarlaEnv) -> None:
    env.reset(seed=0)
    first, *_ = env.step(np.array([0.5, -0.25], np.float32))
    assert first["state"][1:].tolist() == [0.5, -0.25]
    assert np.std(first["image"]) > 10
    assert env.observation_space.contains(first)


def test_the_same_seed_and_actions_give_the_same_episode(make_env: Make, env: CarlaEnv) -> None:
    there = make_env(max_episode_steps=200)
    generators = [np.random.default_rng(7) for _ in range(2)]
    assert episode(env, generators[0], seed=3) == episode(there, generators[1], seed=3)
    assert episode(env, generators[0]) == episode(there, generators[1])


def test_a_step_without_an_episode_and_an_action_that_is_no_number_are_refused(env: CarlaEnv) -> None:
    from gymnasium.error import ResetNeeded

    episode(env, [1.0, 0.2])
    with pytest.raises(ResetNeeded, match="Call reset first"):
        env.step(np.zeros(2, np.float32))
    env.reset()
    with pytest.raises(ValueError, match="not finite"):
        env.step(np.array([np.nan, 0.0], np.float32))


def test_a_loopback_at_an_address_does_not_pass_as_a_simulator(make_env: Make) -> None:
    from trainer.loopback.process import LoopbackServer

    with LoopbackServer(road="s-bend") as server:
        env = make_env(backend=server.address)
        assert (env.simulator.kind, env.simulator.map_name) == ("loopback", "s-bend")
        assert "<OpenDRIVE>" in env.simulator.opendrive
        env.close()
        loaded = make_env(backend=server.address, map_name="intersection")
        assert loaded.simulator.map_name == "intersection"
        assert len(episode(loaded, seed=0, limit=20)) == 20
        loaded.close()
