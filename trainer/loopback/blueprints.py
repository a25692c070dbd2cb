"""What a client can spawn: three cars, an RGB camera, a collision and a lane-invasion sensor."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from trainer.loopback.geometry import Vector

SPECTATOR = "spectator"
CAMERA = "sensor.camera.rgb"
COLLISION = "sensor.other.collision"
LANE_INVASION = "sensor.other.lane_invasion"


class AttributeType(IntEnum):
    """CARLA's numbers for the types of an attribute."""

    BOOL = 1
    INT = 2
    FLOAT = 3
    STRING = 4
    COLOUR = 5


class Attribute(NamedTuple):
    """One attribute of a blueprint with its default, as text."""

    id: str
    type: AttributeType
    value: str
    modifiable: bool = True


class Blueprint(NamedTuple):
    """A kind of actor; `extent` holds half lengths in metres, zero for sensors."""

    uid: int
    id: str
    attributes: tuple[Attribute, ...]
    extent: Vector = (0.0, 0.0, 0.0)

    @property
    def tags(self) -> str:
        """The parts of the id, as CARLA's filters take them."""
        return self.id.replace(".", ",")


def _vehicle(uid: int, id_: str, extent: Vector, rgb: str) -> Blueprint:
    return Blueprint(
        uid,
        id_,
        (
            Attribute("number_of_wheels", AttributeType.INT, "4", modifiable=False),
            Attribute("base_type", AttributeType.STRING, "car", modifiable=False),
            Attribute("generation", AttributeType.INT, "1", modifiable=False),
            Attribute("role_name", AttributeType.STRING, "autopilot"),
            Attribute("color", AttributeType.COLOUR, rgb),
        ),
        extent,
    )


_ROLE = Attribute("role_name", AttributeType.STRING, "front")

# Extents are CARLA's, rounded.
BLUEPRINTS: dict[str, Blueprint] = {
    blueprint.id: blueprint
    for blueprint in (
        _vehicle(1, "vehicle.tesla.model3", (2.40, 1.08, 0.74), "180,40,40"),
        _vehicle(2, "vehicle.audi.tt", (2.09, 1.00, 0.69), "60,90,200"),
        _vehicle(3, "vehicle.mini.cooper_s", (1.90, 0.99, 0.74), "210,200,60"),
        Blueprint(
            10,
            CAMERA,
            (
                Attribute("image_size_x", AttributeType.INT, "800"),
                Attribute("image_size_y", AttributeType.INT, "600"),
                Attribute("fov", AttributeType.FLOAT, "90.0"),
                Attribute("sensor_tick", AttributeType.FLOAT, "0.0"),
                _ROLE,
            ),
        ),
        Blueprint(11, COLLISION, (_ROLE,)),
        Blueprint(12, LANE_INVASION, (_ROLE,)),
    )
}
