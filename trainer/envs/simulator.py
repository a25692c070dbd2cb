"""The simulator as an environment uses it: put the car somewhere, drive a tick, read what came of it."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from trainer.envs.camera import Picture
from trainer.envs.client import load_carla
from trainer.envs.errors import SimulatorError, simulator_call
from trainer.envs.lanes import lane_graph
from trainer.envs.rig import Rig, Settings
from trainer.envs.route import LaneGraph
from trainer.envs.server import Backend, kind_of


class Pose(NamedTuple):
    """Metres, metres, metres above the ground's zero, radians clockwise."""

    x: float
    y: float
    z: float
    yaw: float


class Reading(NamedTuple):
    """State after a tick: metres, radians, m/s, BGRA, and whether something was hit since the tick before."""

    x: float
    y: float
    yaw: float
    speed: float
    picture: Picture
    collided: bool


class Simulator:
    """One client, one world, one car. A failure leaves it `broken`; `restore` begins anew.

    Its end, and the interpreter's, closes it.
    """

    def __init__(self, backend: str, map_name: str | None, road: str, settings: Settings) -> None:
        """Connect; `road` is that of our own server where no map is asked for. Raises ConfigError or SimulatorError."""
        self._settings = settings
        self._backend = Backend(backend, map_name, road)
        self._carla = load_carla()
        self._end: weakref.finalize[[Rig, Backend], Simulator] | None = None
        self._frame = 0
        self.broken = False
        self._connect()

    def _connect(self) -> None:
        try:
            client = self._backend.client(self._settings.timeout)
            self.kind = kind_of(client)
            self._rig = Rig(client, self._settings)
            self._end = weakref.finalize(self, _close, self._rig, self._backend)
            with simulator_call("sending its map"):
                self.map_name = str(self._rig.map.name).rpartition("/")[2]
                self.opendrive = str(self._rig.map.to_opendrive())
                self.graph: LaneGraph = lane_graph(self._rig.map)
                self.spawn_points = [_pose(point) for point in self._rig.map.get_spawn_points()]
        except BaseException:
            self.close()
            raise

    @property
    def address(self) -> str:
        """HOST:PORT of the server, our own included."""
        return self._backend.address

    @property
    def rig(self) -> Rig:
        """What of ours is in the world."""
        return self._rig

    def restore(self) -> None:
        """Connect again after a failure, with a new car; does nothing where none happened. Raises SimulatorError."""
        if self.broken:
            self.close()
            self._connect()
            self.broken = False

    def close(self) -> None:
        """Leave the world as it was found, and end our own server; may be called twice."""
        if self._end is not None:
            self._end()
        self._backend.stop()

    def waypoint(self, pose: Pose) -> Any:
        """Return the `carla.Waypoint` in the middle of the nearest lane."""
        with simulator_call("looking for a lane"):
            return self._rig.map.get_waypoint(self._carla.Location(pose.x, pose.y, pose.z))

    def place(self, pose: Pose, speed: float) -> Reading:
        """Put the car somewhere at a speed (m/s), with nothing left of how it moved before."""
        carla, car = self._carla, self._rig.car
        with self._guarded("placing the car"):
            car.apply_control(carla.VehicleControl())
            # A teleport keeps the momentum; without physics there is none to keep.
            car.set_simulate_physics(False)
            rotation = carla.Rotation(yaw=math.degrees(pose.yaw))
            car.set_transform(carla.Transform(carla.Location(pose.x, pose.y, pose.z), rotation))
            car.set_simulate_physics(True)
            car.set_target_velocity(carla.Vector3D(speed * math.cos(pose.yaw), speed * math.sin(pose.yaw), 0.0))
            reading = self._tick()
        return reading._replace(collided=False)  # of the life before

    def drive(self, throttle: float, steer: float, brake: float) -> Reading:
        """Hold pedals and wheel for one tick. Raises SimulatorError, and the simulator is broken."""
        with self._guarded("driving"):
            self._rig.car.apply_control(self._carla.VehicleControl(throttle=throttle, steer=steer, brake=brake))
            return self._tick()

    def _tick(self) -> Reading:
        rig, timeout = self._rig, self._settings.timeout
        before, self._frame = self._frame, rig.world.tick(timeout)
        state = rig.world.get_snapshot().find(rig.car.id)
        if state is None:
            raise SimulatorError("the car is gone: somebody else removed it or loaded another map")
        picture = rig.images.wait(self._frame, timeout)
        pose, velocity = state.get_transform(), state.get_velocity()
        return Reading(
            pose.location.x,
            pose.location.y,
            math.radians(pose.rotation.yaw),
            math.hypot(velocity.x, velocity.y),
            picture,
            rig.collisions.since(before),
        )

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Count as broken until it went well: an interrupt in between leaves the clock and the camera out of step."""
        self.broken = True
        with simulator_call(what):
            yield
        self.broken = False


def _close(rig: Rig, backend: Backend) -> None:
    rig.close()
    backend.stop()


def _pose(transform: Any) -> Pose:
    location = transform.location
    return Pose(location.x, location.y, location.z, math.radians(transform.rotation.yaw))
