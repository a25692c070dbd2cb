"""A car with a camera and a collision sensor in a world that waits for our ticks."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

from trainer.envs.camera import FrameQueue
from trainer.envs.client import load_carla
from trainer.envs.crashes import CollisionQueue
from trainer.envs.errors import SimulatorError, simulator_call

log = logging.getLogger(__name__)

CAR = "vehicle.tesla.model3"
ROLE = "forensics"  # by which what a killed run left behind is known
CAMERA_HEIGHT, CAMERA_FORWARD, CAMERA_PITCH, CAMERA_FOV = 2.4, 1.5, -12.0, 100  # m, m, degrees, degrees
_WELCOME_TIMEOUT = 30.0  # s at least: with its first camera a server loads, or draws, all that there is to see
_GOODBYE_TIMEOUT = 2.0  # s


class Settings(NamedTuple):
    """Pixels of an image's side, seconds of a tick, seconds without an answer after which the server is gone."""

    image_size: int
    delta: float
    timeout: float


class Rig:
    """Everything of ours in a world. `close` must be called: a process that ends while a sensor listens is aborted."""

    def __init__(self, client: Any, settings: Settings) -> None:
        """Raises SimulatorError; nothing of ours is left in the world then."""
        self._carla = load_carla()
        self._client = client
        self._sensors: list[Any] = []
        self._actors: list[int] = []
        self._original: Any = None
        self.images, self.collisions = FrameQueue(), CollisionQueue()
        try:
            client.set_timeout(max(settings.timeout, _WELCOME_TIMEOUT))
            with simulator_call("joining its world"):
                self.server_version = str(client.get_server_version())
                self.world = client.get_world()
                self.map = self.world.get_map()
                if self.world.get_settings().synchronous_mode:
                    self.world.tick(settings.timeout)  # its last client is gone: nothing is known of it before a tick
                self._remove_left_behind()
            with simulator_call("being set to wait for ticks"):
                self._original = self.world.get_settings()
                self._apply(synchronous=True, delta=settings.delta)
            self.car = self._spawn_car()
            self._mount(settings.image_size)
            client.set_timeout(settings.timeout)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the sensors, remove the actors, give the world its clock back. Never raises, never waits long."""
        for sensor in self._sensors:
            with contextlib.suppress(RuntimeError):
                sensor.stop()  # first and whatever happens: it is what keeps the interpreter's end from an abort
        # At the first failure the server is gone, and with it what there was to tidy up.
        with contextlib.suppress(RuntimeError):
            self._client.set_timeout(_GOODBYE_TIMEOUT)
            self._destroy(self._actors[::-1])
            if self._original is not None:
                self._apply(synchronous=False, delta=self._original.fixed_delta_seconds)
        self._sensors, self._actors, self._original = [], [], None

    @contextlib.contextmanager
    def obstacle(self, x: float, y: float, z: float, yaw: float) -> Iterator[None]:
        """Park another car somewhere (metres, degrees) for a while."""
        pose = self._carla.Transform(self._carla.Location(x, y, z), self._carla.Rotation(yaw=yaw))
        with simulator_call("parking another car"):
            parked = self.world.spawn_actor(self._kind(), pose)
        self._actors.append(parked.id)
        try:
            yield
        finally:
            self._actors.remove(parked.id)
            with simulator_call("removing the other car"):
                self._destroy([parked.id])

    def _apply(self, *, synchronous: bool, delta: float | None) -> None:
        settings = self.world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = synchronous, delta
        self.world.apply_settings(settings)

    def _destroy(self, actors: list[int]) -> None:
        if actors:
            destroy = self._carla.command.DestroyActor
            self._client.apply_batch_sync([destroy(actor) for actor in actors], False)

    def _remove_left_behind(self) -> None:
        everyone = list(self.world.get_actors())
        cars = {actor.id for actor in everyone if actor.attributes.get("role_name") == ROLE and actor.parent is None}
        mounted = [actor.id for actor in everyone if actor.parent is not None and actor.parent.id in cars]
        if cars:
            log.warning("removing %d car(s) that another run of the trainer left in the world", len(cars))
            self._destroy([*mounted, *cars])

    def _spawn_car(self) -> Any:
        """Spawn at the first free spawn point."""
        kind = self._kind()
        refusal: SimulatorError | None = None
        for place in self.map.get_spawn_points():
            try:
                # Not try_spawn_actor: it hides why there is no car, a protocol error included.
                with simulator_call("spawning the car"):
                    car = self.world.spawn_actor(kind, place)
            except SimulatorError as error:
                if "collision" not in str(error):
                    raise
                refusal = error
            else:
                self._actors.append(car.id)
                return car
        raise refusal or SimulatorError("the map has no spawn points")

    def _kind(self) -> Any:
        """A blueprint of a car, ours by its role."""
        with simulator_call("listing its cars"):
            library = self.world.get_blueprint_library()
            kinds = [*library.filter(CAR), *library.filter("vehicle.*")]
            if not kinds:
                raise SimulatorError("the server has no vehicle to drive")
            kinds[0].set_attribute("role_name", ROLE)
        return kinds[0]

    def _mount(self, image_size: int) -> None:
        carla = self._carla
        pose = carla.Transform(carla.Location(x=CAMERA_FORWARD, z=CAMERA_HEIGHT), carla.Rotation(pitch=CAMERA_PITCH))
        size = {"image_size_x": image_size, "image_size_y": image_size, "fov": CAMERA_FOV}
        self._listen("sensor.camera.rgb", pose, self.images.put, size)
        self._listen("sensor.other.collision", carla.Transform(), self.collisions.put, {})

    def _listen(self, kind: str, pose: Any, callback: Any, attributes: dict[str, int]) -> None:
        with simulator_call(f"mounting {kind}"):
            blueprint = self.world.get_blueprint_library().find(kind)
            for name, value in attributes.items():
                blueprint.set_attribute(name, str(value))
            sensor = self.world.spawn_actor(blueprint, pose, attach_to=self.car)
            self._actors.append(sensor.id)
            self._sensors.append(sensor)
            sensor.listen(callback)
