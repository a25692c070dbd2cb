"""Calls about actors: what there is to spawn, who is there, and what they are told to do."""

from __future__ import annotations

import math
from typing import Any

from trainer.loopback import values
from trainer.loopback.actors import Actor, Vehicle
from trainer.loopback.blueprints import BLUEPRINTS, CAMERA
from trainer.loopback.calls import Host
from trainer.loopback.rpc import Handler, RpcError, Void
from trainer.loopback.spawn import SpawnError
from trainer.loopback.vehicle import Motion, control
from trainer.loopback.world import SPECTATOR_ID, World


class ActorCalls:
    """Answers from, and changes to, single actors."""

    def __init__(self, world: World, host: Host) -> None:
        self._world = world
        self._host = host

    def handlers(self) -> dict[str, Handler]:
        """The calls by name."""
        return {
            "get_actor_definitions": lambda: [values.definition(blueprint) for blueprint in BLUEPRINTS.values()],
            "get_spectator": lambda: self._wire(self._world.actors[SPECTATOR_ID]),
            "get_actors_by_id": self.by_id,
            "get_actor_bounding_box": lambda actor_id: values.bounding_box(self._actor(actor_id)),
            "spawn_actor": self.spawn,
            "spawn_actor_with_parent": self.spawn,
            "destroy_actor": lambda actor_id: self._world.destroy(actor_id),
            "apply_control_to_vehicle": self.apply_control,
            "set_actor_transform": self.set_transform,
            "set_actor_location": self.set_location,
            "set_actor_target_velocity": self.set_velocity,
            "enable_actor_constant_velocity": self.hold_velocity,
            "disable_actor_constant_velocity": self.release_velocity,
            "set_actor_simulate_physics": self.simulate_physics,
        }

    def by_id(self, ids: list[int]) -> list[Any]:
        """Those of the actors that exist."""
        return [self._wire(self._world.actors[actor_id]) for actor_id in ids if actor_id in self._world.actors]

    def spawn(self, description: Any, pose: Any, parent: int = 0, *_attachment: Any) -> list[Any]:
        """Spawn an actor; mounted rigidly where there is a parent, whatever attachment was asked for."""
        described = values.read_description(description)
        if described.id == CAMERA:
            _ = self._world.ground  # drawn now, while the client waits for a spawn, and not within a tick
        try:
            return self._wire(self._world.spawn(described, values.read_transform(pose), parent))
        except SpawnError as error:
            raise RpcError(str(error)) from error

    def apply_control(self, actor_id: int, wire: Any) -> type[Void]:
        """Set a vehicle's pedals and steering until told otherwise."""
        self._vehicle(actor_id).control = control(wire)
        return Void

    def set_transform(self, actor_id: int, wire: Any) -> type[Void]:
        """Move an actor at once; one that is mounted is moved on its mount. A vehicle keeps its speed and is level."""
        pose = values.read_transform(wire)
        actor = self._actor(actor_id)
        actor.pose = pose._replace(pitch=0.0, roll=0.0) if isinstance(actor, Vehicle) else pose
        return Void

    def set_location(self, actor_id: int, wire: Any) -> type[Void]:
        """Move an actor at once without turning it."""
        x, y, z = values.read_vector(wire)
        actor = self._actor(actor_id)
        actor.pose = actor.pose._replace(x=x, y=y, z=z)
        return Void

    def set_velocity(self, actor_id: int, wire: Any) -> type[Void]:
        """Set a vehicle's speed: the part of a velocity in the world that lies along its heading."""
        x, y, _ = values.read_vector(wire)
        vehicle = self._vehicle(actor_id)
        yaw = math.radians(vehicle.pose.yaw)
        vehicle.motion = vehicle.motion._replace(speed=x * math.cos(yaw) + y * math.sin(yaw))
        return Void

    def hold_velocity(self, actor_id: int, wire: Any) -> type[Void]:
        """Hold a vehicle's speed whatever its pedals say; the velocity is in the vehicle's own frame."""
        self._vehicle(actor_id).held_speed = values.read_vector(wire)[0]
        return Void

    def release_velocity(self, actor_id: int) -> type[Void]:
        """Give a vehicle back to its pedals."""
        self._vehicle(actor_id).held_speed = None
        return Void

    def simulate_physics(self, actor_id: int, enabled: bool) -> type[Void]:
        """Let a vehicle drive, or keep it where it is put."""
        vehicle = self._vehicle(actor_id)
        vehicle.physics = bool(enabled)
        vehicle.motion = vehicle.motion if enabled else Motion()
        return Void

    def _actor(self, actor_id: int) -> Actor:
        try:
            return self._world.actors[actor_id]
        except KeyError:
            raise RpcError(f"actor {actor_id} not found") from None

    def _vehicle(self, actor_id: int) -> Vehicle:
        actor = self._actor(actor_id)
        if not isinstance(actor, Vehicle):
            raise RpcError(f"actor {actor_id} is a {actor.description.id}, not a vehicle")
        return actor

    def _wire(self, actor: Actor) -> list[Any]:
        return values.actor(actor, self._host.token)
