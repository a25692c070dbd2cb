"""The shapes in which CARLA's RPC channel carries values: nested arrays whose order is the order of the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trainer.loopback.actors import Actor, Description, Vehicle
from trainer.loopback.blueprints import Blueprint
from trainer.loopback.geometry import Transform, Vector

LIMIT = 1e6
"""The largest coordinate, angle or speed that is taken: the snapshots carry float32, and the world is no larger."""

# Unreal's tag of a car for semantic segmentation.
_TAG_CAR = bytes([14])


def transform(pose: Transform) -> list[Any]:
    """Location, then rotation."""
    return [list(pose[:3]), list(pose[3:])]


def read_vector(value: Any) -> Vector:
    """Three numbers within `LIMIT`; raises ValueError for anything else."""
    x, y, z = (float(component) for component in value)
    if not all(abs(component) <= LIMIT for component in (x, y, z)):  # false for NaN, too
        raise ValueError(f"({x}, {y}, {z}) is not finite, or beyond {LIMIT:g}")
    return x, y, z


def read_transform(value: Any) -> Transform:
    """The inverse of `transform`; raises ValueError where `read_vector` does."""
    location, rotation = value
    return Transform(*read_vector(location), *read_vector(rotation))


def read_description(value: Any) -> Description:
    """An actor description as a client sends it."""
    uid, blueprint, attributes = value
    return Description(int(uid), str(blueprint), [(str(name), int(kind), str(text)) for name, kind, text in attributes])


def definition(blueprint: Blueprint) -> list[Any]:
    """An entry of the blueprint library."""
    attributes = [[a.id, int(a.type), a.value, [], a.modifiable, False] for a in blueprint.attributes]
    return [blueprint.uid, blueprint.id, blueprint.tags, attributes]


def bounding_box(actor: Actor) -> list[Any]:
    """Location of the middle in the actor's frame, half lengths, rotation."""
    return [[0.0, 0.0, actor.extent[2]], list(actor.extent), [0.0, 0.0, 0.0]]


def actor(of: Actor, token: Callable[[int], bytes]) -> list[Any]:
    """An actor; `token` gives the token of a stream, which only actors that send data have."""
    described = [of.description.uid, of.description.id, [list(entry) for entry in of.description.attributes]]
    tags = _TAG_CAR if isinstance(of, Vehicle) else b""
    return [of.id, of.parent, described, bounding_box(of), tags, token(of.stream) if of.stream else b""]
