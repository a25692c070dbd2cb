"""The simulated world: its road, its actors and its clock. No sockets here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import count
from typing import NamedTuple

from trainer.loopback.actors import Actor, Description, Vehicle
from trainer.loopback.blueprints import SPECTATOR
from trainer.loopback.boxes import Box
from trainer.loopback.collision import touch
from trainer.loopback.geometry import Transform, Vector, attach
from trainer.loopback.ground import Ground, draw
from trainer.loopback.lanes import spawn_points
from trainer.loopback.opendrive import Network
from trainer.loopback.spawn import SpawnError, build
from trainer.loopback.vehicle import advance, along_course

SPECTATOR_ID = 1
WORLD_STREAM = 1
DEFAULT_DELTA = 0.05  # s, where the client fixed none
MASS = 1500.0  # kg, of every vehicle, for the impulse of a collision


class Contact(NamedTuple):
    """Two vehicles touch; `impulse` (N·s) is what the first received, the second received its opposite."""

    actor: int
    other: int
    impulse: Vector


class World:
    """One map with what stands on it; `load` begins the next episode. The same calls give the same world again."""

    def __init__(self, network: Network, name: str, seed: int) -> None:
        self.seed = seed
        self.episode = 0
        self.frame = 0
        self.elapsed = 0.0
        self.delta = DEFAULT_DELTA
        self.contacts: list[Contact] = []
        self.actors: dict[int, Actor] = {}
        self._actor_ids = count(SPECTATOR_ID + 1)
        self._streams = count(WORLD_STREAM + 1)
        self.load(network, name)

    def load(self, network: Network, name: str) -> None:
        """Begin a new episode on another map, with nobody in it but the spectator."""
        self.network = network
        self.name = name
        self.episode += 1
        self.map_changed = True
        self.contacts = []
        spectator = Actor(SPECTATOR_ID, Description(0, SPECTATOR), Transform(z=50.0, pitch=-90.0))
        self.actors = {SPECTATOR_ID: spectator}
        for cached in ("ground", "spawn_points"):
            self.__dict__.pop(cached, None)

    @cached_property
    def ground(self) -> Ground:
        """The drawn map: a fraction of a second for a small one, so it is drawn when the first camera comes."""
        return draw(self.network, self.seed)

    @cached_property
    def spawn_points(self) -> list[Transform]:
        """Where vehicles may start on this map."""
        return spawn_points(self.network)

    def spawn(self, description: Description, pose: Transform, parent: int = 0) -> Actor:
        """Add an actor; raises `SpawnError` where the kind is unknown, the place taken, or the parent no vehicle."""
        if parent and not isinstance(self.actors.get(parent), Vehicle):
            raise SpawnError(f"actor {parent} is no vehicle: the loopback mounts sensors on vehicles only")
        actor = build(next(self._actor_ids), next(self._streams), description, pose, parent)
        if isinstance(actor, Vehicle):
            if parent:
                raise SpawnError("a vehicle cannot be mounted on another actor")
            if any(touch(pose, actor.extent, other.pose, other.extent) for other in self.vehicles()):
                raise SpawnError("Spawn failed because of collision at spawn position")
        self.actors[actor.id] = actor
        return actor

    def destroy(self, actor_id: int) -> bool:
        """Remove an actor and what is mounted on it; False where there is none. The spectator stays."""
        if actor_id == SPECTATOR_ID or self.actors.pop(actor_id, None) is None:
            return False
        for mounted in [actor.id for actor in self.actors.values() if actor.parent == actor_id]:
            self.destroy(mounted)
        return True

    def vehicles(self) -> Iterator[Vehicle]:
        """The vehicles in the order in which they were spawned."""
        return (actor for actor in self.actors.values() if isinstance(actor, Vehicle))

    def pose(self, actor: Actor) -> Transform:
        """Where an actor is in the world."""
        return attach(self.actors[actor.parent].pose, actor.pose) if actor.parent else actor.pose

    def boxes(self, without: int) -> list[Box]:
        """The vehicles as a camera mounted on actor `without` sees them."""
        return [
            Box(vehicle.pose._replace(z=vehicle.pose.z + vehicle.extent[2]), vehicle.extent, vehicle.rgb)
            for vehicle in self.vehicles()
            if vehicle.id != without
        ]

    def step(self) -> None:
        """Move on by `delta` seconds."""
        self.frame += 1
        self.elapsed += self.delta
        self.contacts = []
        for vehicle in self.vehicles():
            if vehicle.physics:
                self._move(vehicle)

    def _move(self, vehicle: Vehicle) -> None:
        """Move one vehicle; another in its way stops it, unless it was put inside that one to begin with."""
        pose, motion = advance(vehicle.pose, vehicle.motion, vehicle.control, self.delta, vehicle.held_speed)
        touched = [
            other
            for other in self.vehicles()
            if other is not vehicle and touch(pose, vehicle.extent, other.pose, other.extent)
        ]
        for other in touched:
            if not any({contact.actor, contact.other} == {vehicle.id, other.id} for contact in self.contacts):
                impulse = along_course(-MASS * motion.speed, pose, motion)
                self.contacts.append(Contact(vehicle.id, other.id, impulse))
        if any(not touch(vehicle.pose, vehicle.extent, other.pose, other.extent) for other in touched):
            pose = vehicle.pose._replace(z=0.0)
            motion = motion._replace(speed=0.0, acceleration=-vehicle.motion.speed / self.delta, yaw_rate=0.0)
        vehicle.pose, vehicle.motion = pose, motion
