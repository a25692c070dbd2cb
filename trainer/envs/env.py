"""The gymnasium environment: a car in CARLA, or in the loopback's stand-in for it, through the same `carla.Client`."""

from __future__ import annotations

import logging
import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from trainer.envs.course import Position
from trainer.envs.errors import SimulatorError
from trainer.envs.observation import Observation, action_space, controls, observation_space, observe
from trainer.envs.reasons import STALL_SPEED, Reason, failure
from trainer.envs.reward import no_reward, reward_components
from trainer.envs.rig import Settings
from trainer.envs.simulator import Reading, Simulator
from trainer.envs.tasks import ROADS, Plan, Task, plan

log = logging.getLogger(__name__)

Action = NDArray[np.float32]
TICK = 0.1  # s: the longest step that CARLA's default substepping (10 of 0.01 s) still resolves
_ARRIVAL = 1.0  # m before the end of a course at which it counts as driven


class CarlaEnv(gymnasium.Env[Observation, Action]):
    """Keep to a lane or drive a route. `info` holds, at every step, `reward_components`, which sum to the reward.

    At an episode's last step it also holds `termination_reason`, one of `Reason`. A simulator that fails ends the
    episode, truncated, with reason `simulator_error`; the next `reset` connects again, and raises where it cannot.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": round(1 / TICK)}  # noqa: RUF012 - as gymnasium declares it

    def __init__(
        self,
        task: Task = "lane_keep",
        backend: str = "loopback",
        image_size: int = 48,
        max_episode_steps: int = 1_000,
        map_name: str | None = None,
        timeout: float = 20.0,
        render_mode: str | None = None,
    ) -> None:
        """Connect, to `loopback` or HOST:PORT; `timeout` in seconds.

        `map_name` is a road of the loopback or a town to load; None is the task's own road, or the town that is loaded.
        Raises ConfigError or SimulatorError.
        """
        self.task: Task = task
        self.max_episode_steps = max_episode_steps
        self.render_mode = render_mode
        self.observation_space = observation_space(image_size, with_command=task == "route")
        self.action_space = action_space()
        self.simulator = Simulator(backend, map_name, ROADS[task], Settings(image_size, TICK, timeout))
        self._running = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode at a random place. Nothing of the episode before is left: `np_random` alone decides."""
        super().reset(seed=seed)
        self._running = False
        self.simulator.restore()
        self._plan: Plan = plan(self.task, self.simulator, self.np_random)
        self._reading: Reading = self.simulator.place(self._plan.start, self._plan.speed)
        self._position: Position = self._locate()
        self._action = (0.0, 0.0)
        self._steps = 0
        self._stalled_for = 0.0
        self._running = True
        return self._observe(), self._info()

    def step(self, action: Action) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Drive a tenth of a second. Raises ResetNeeded where no episode runs."""
        if not self._running:
            raise ResetNeeded("no episode runs: it has ended, or an evaluation has taken the car. Call reset first")
        before, self._action = self._action, _clean(action)
        self._steps += 1
        try:
            self._reading = self.simulator.drive(*controls(*self._action))
        except SimulatorError as error:
            return self._abort(error)
        self._position = self._locate()
        self._stalled_for = self._stalled_for + TICK if self._reading.speed < STALL_SPEED else 0.0
        reason = self._reason()
        components = reward_components(self._position, self._reading.speed, self._action[0] - before[0], reason)
        return self._end_step(components, reason, {})

    def render(self) -> Any:
        """Return the camera's picture, uint8 (height, width, RGB), of the last tick; None before the first."""
        if self.render_mode != "rgb_array" or not hasattr(self, "_reading"):
            return None
        return self._reading.picture[:, :, 2::-1].copy()

    def close(self) -> None:
        """Leave the simulator as it was found; may be called twice."""
        self._running = False
        self.simulator.close()

    def _locate(self) -> Position:
        return self._plan.course.locate(self._reading.x, self._reading.y, self._reading.yaw)

    def _reason(self) -> Reason | None:
        failed = failure(self._position, self._reading.collided, self._stalled_for)
        if failed is not None:
            return failed
        if self._position.travelled >= self._plan.course.length - _ARRIVAL:
            return Reason.ROUTE_COMPLETED if self.task == "route" else Reason.ROAD_ENDED
        return Reason.TIME_LIMIT if self._steps >= self.max_episode_steps else None

    def _abort(self, error: SimulatorError) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        log.error("episode aborted: %s", error)
        return self._end_step(no_reward(), Reason.SIMULATOR_ERROR, {"error": str(error)})

    def _end_step(
        self, components: dict[str, float], reason: Reason | None, extra: dict[str, Any]
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        info = self._info() | {"reward_components": components} | extra
        if reason is not None:
            self._running = False
            info["termination_reason"] = reason.value
        terminated = reason is not None and not reason.truncates
        truncated = reason is not None and reason.truncates
        return self._observe(), sum(components.values()), terminated, truncated, info

    def _observe(self) -> Observation:
        ahead = self._plan.ahead(self._position.travelled) if self.task == "route" else None
        return observe(self._reading.picture, self._reading.speed, self._action, ahead)

    def _info(self) -> dict[str, Any]:
        return {
            "speed": self._reading.speed,
            "lateral": self._position.lateral,
            "heading_error": self._position.heading_error,
            "travelled": self._position.travelled,
            "course_length": self._plan.course.length,
        }


def _clean(action: Action) -> tuple[float, float]:
    """Two numbers in [-1, 1]. Raises ValueError where one is not finite: CARLA would drive on with it, somehow."""
    steer, pedal = (float(value) for value in action)
    if not (math.isfinite(steer) and math.isfinite(pedal)):
        raise ValueError(f"action ({steer}, {pedal}) is not finite")
    return min(max(steer, -1.0), 1.0), min(max(pedal, -1.0), 1.0)
