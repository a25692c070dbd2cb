"""From what a client asked for to an actor; what cannot be had is refused in words."""

from __future__ import annotations

import math

from trainer.loopback.actors import Actor, Camera, CollisionSensor, Description, Vehicle
from trainer.loopback.blueprints import BLUEPRINTS, CAMERA, COLLISION
from trainer.loopback.camera import Lens
from trainer.loopback.geometry import Transform

MAX_SIDE = 4096  # pixels


class SpawnError(ValueError):
    """The actor cannot be made; the message goes to the client."""


def build(actor_id: int, stream: int, description: Description, pose: Transform, parent: int) -> Actor:
    """Make an actor of the described kind; `stream` is taken only by sensors that send data."""
    blueprint = BLUEPRINTS.get(description.id)
    if blueprint is None:
        raise SpawnError(f"the loopback has no blueprint {description.id!r}; it has {', '.join(BLUEPRINTS)}")
    if description.id == CAMERA:
        interval = max(0.0, _number(description, "sensor_tick", "0.0"))
        return Camera(actor_id, description, pose, parent, stream=stream, lens=_lens(description), interval=interval)
    if description.id == COLLISION:
        return CollisionSensor(actor_id, description, pose, parent, stream=stream)
    if description.id.startswith("vehicle."):
        level = pose._replace(pitch=0.0, roll=0.0)
        return Vehicle(actor_id, description, level, extent=blueprint.extent, rgb=_rgb(description))
    return Actor(actor_id, description, pose, parent)


def _lens(description: Description) -> Lens:
    width = _number(description, "image_size_x", "800")
    height = _number(description, "image_size_y", "600")
    fov = _number(description, "fov", "90.0")
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and 1.0 <= fov <= 179.0):
        raise SpawnError(f"a camera of {width:g} x {height:g} pixels and {fov:g} degrees cannot be had")
    return Lens(int(width), int(height), fov)


def _number(description: Description, attribute: str, default: str) -> float:
    text = description.get(attribute, default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SpawnError(f"{attribute} = {text!r} is not a number")
    return value


def _rgb(description: Description) -> tuple[int, int, int]:
    text = description.get("color", "128,128,128")
    try:
        red, green, blue = (min(max(int(part), 0), 255) for part in text.split(","))
    except ValueError as error:
        raise SpawnError(f"color = {text!r} is not R,G,B") from error
    return red, green, blue
