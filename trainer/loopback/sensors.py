"""What the sensors of a world send after a step."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator

from trainer.loopback import values, wire
from trainer.loopback.actors import Actor, Camera, CollisionSensor, Vehicle
from trainer.loopback.camera import render
from trainer.loopback.geometry import Transform, Vector
from trainer.loopback.packing import pack
from trainer.loopback.roads.builder import SPEED_LIMIT
from trainer.loopback.vehicle import along_course
from trainer.loopback.world import WORLD_STREAM, World

Message = tuple[int, bytes]  # the stream it belongs to, and its bytes


def messages(world: World, wanted: Collection[int], token: Callable[[int], bytes]) -> Iterator[Message]:
    """All messages of one step for the streams in `wanted`; the snapshot last.

    A client's `tick()` returns on the snapshot, so what was sent before it is most likely there by then.
    """
    for actor in list(world.actors.values()):
        if actor.stream in wanted:
            if isinstance(actor, Camera):
                yield from _image(world, actor)
            elif isinstance(actor, CollisionSensor):
                yield from _collisions(world, actor, token)
    if WORLD_STREAM in wanted:
        yield WORLD_STREAM, snapshot(world)


def snapshot(world: World) -> bytes:
    """The world as of its last step. The wall clock in it is the one thing that a seed does not repeat."""
    state = wire.EpisodeState.MAP_CHANGE if world.map_changed else wire.EpisodeState.NONE
    records = (_record(world, actor) for actor in world.actors.values())
    return wire.snapshot(world.frame, world.elapsed, world.delta, world.episode, state, time.time(), records)


def _record(world: World, actor: Actor) -> wire.ActorRecord:
    if not isinstance(actor, Vehicle):
        return wire.ActorRecord(actor.id, world.pose(actor))
    motion = actor.motion
    return wire.ActorRecord(
        actor.id,
        actor.pose,
        along_course(motion.speed, actor.pose, motion),
        (0.0, 0.0, motion.yaw_rate),
        along_course(motion.acceleration, actor.pose, motion),
        wire.vehicle_payload(actor.control, SPEED_LIMIT),
    )


def _image(world: World, camera: Camera) -> Iterator[Message]:
    if world.elapsed + 1e-9 < camera.due:
        return
    camera.due = world.elapsed + camera.interval
    pose, lens = world.pose(camera), camera.lens
    pixels = render(world.ground, world.boxes(camera.parent), pose, lens)
    yield camera.stream, wire.image(world.frame, world.elapsed, pose, (lens.width, lens.height), lens.fov, pixels)


def _collisions(world: World, sensor: CollisionSensor, token: Callable[[int], bytes]) -> Iterator[Message]:
    for contact in world.contacts:
        if sensor.parent not in (contact.actor, contact.other):
            continue
        first = sensor.parent == contact.actor
        other = world.actors.get(contact.other if first else contact.actor)
        if other is None:
            continue
        impulse: Vector = contact.impulse if first else (-contact.impulse[0], -contact.impulse[1], -contact.impulse[2])
        yield sensor.stream, _collision(world, world.actors[sensor.parent], other, impulse, token)


def _collision(world: World, actor: Actor, other: Actor, impulse: Vector, token: Callable[[int], bytes]) -> bytes:
    pose: Transform = world.pose(actor)
    header = wire.header(wire.SensorType.COLLISION, world.frame, world.elapsed, pose)
    pair = [values.actor(each, token) for each in (actor, other)]
    return header + pack([*pair, list(impulse)])
