"""Byte layouts of CARLA 0.9.16's streaming channel: token, sensor header, image, collision, world snapshot.

Established by running the 0.9.16 client against these bytes; all are packed, little-endian. A wrong length or a wrong
sensor type does not raise in the client, it kills the client's process, so each layout is held by a golden test.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from enum import IntEnum, IntFlag
from typing import NamedTuple

from trainer.loopback.geometry import Transform, Vector

CLIENT_VERSION = "0.9.16"
"""The one client version whose sensor registry and struct sizes stand below."""


class SensorType(IntEnum):
    """Positions in the sensor registry of `CLIENT_VERSION`; they move between CARLA versions."""

    COLLISION = 0
    RGB_CAMERA = 13
    WORLD_OBSERVER = 17


class EpisodeState(IntFlag):
    """What a world snapshot says of its episode beyond the actors."""

    NONE = 0
    MAP_CHANGE = 1


TOKEN = struct.Struct("<IHBB16s")
HEADER = struct.Struct("<QQd6f")
IMAGE = struct.Struct("<IIf")
EPISODE = struct.Struct("<Qdf3iI")
ACTOR = struct.Struct("<IB15f54s")
VEHICLE = struct.Struct("<3f3?ifB?IB")
LENGTH = struct.Struct("<I")
STREAM_ID = struct.Struct("<I")

_PROTOCOL_TCP = 1
_ADDRESS_IPV4 = 1
_ACTIVE = 1
_TRAFFIC_LIGHT_NONE = 3
_STILL: Vector = (0.0, 0.0, 0.0)


class ActorRecord(NamedTuple):
    """One actor of a snapshot: velocity in m/s, angular velocity in deg/s, acceleration in m/s²."""

    id: int
    pose: Transform
    velocity: Vector = _STILL
    angular_velocity: Vector = _STILL
    acceleration: Vector = _STILL
    payload: bytes = b""


def token(stream_id: int, address: bytes, port: int) -> bytes:
    """The 24 bytes that tell a client where to fetch a stream; `address` is four bytes of IPv4."""
    return TOKEN.pack(stream_id, port, _PROTOCOL_TCP, _ADDRESS_IPV4, address)


def header(kind: SensorType, frame: int, timestamp: float, pose: Transform) -> bytes:
    """The 48 bytes before every sensor message."""
    return HEADER.pack(kind, frame, timestamp, *pose)


def image(frame: int, timestamp: float, pose: Transform, size: tuple[int, int], fov: float, bgra: bytes) -> bytes:
    """A camera image; `size` is (width, height), `bgra` has four bytes a pixel, row by row from the top."""
    return header(SensorType.RGB_CAMERA, frame, timestamp, pose) + IMAGE.pack(*size, fov) + bgra


def vehicle_payload(control: Iterable[float], speed_limit: float) -> bytes:
    """A vehicle's own bytes in a snapshot: its control as RPC sends it, the speed limit in km/h, no lights."""
    return VEHICLE.pack(*control, speed_limit, _TRAFFIC_LIGHT_NONE, False, 0, 0)


def actor(record: ActorRecord) -> bytes:
    """The 119 bytes of one actor in a snapshot."""
    return ACTOR.pack(
        record.id,
        _ACTIVE,
        *record.pose,
        *record.velocity,
        *record.angular_velocity,
        *record.acceleration,
        record.payload,
    )


def snapshot(
    frame: int,
    timestamp: float,
    delta: float,
    episode: int,
    state: EpisodeState,
    wall_clock: float,
    actors: Iterable[ActorRecord],
) -> bytes:
    """The world as of `frame`: simulated seconds `timestamp`, of which the last step took `delta`."""
    episode_bytes = EPISODE.pack(episode, wall_clock, delta, 0, 0, 0, state)
    observer = header(SensorType.WORLD_OBSERVER, frame, timestamp, Transform())
    return observer + episode_bytes + b"".join(map(actor, actors))


def framed(message: bytes) -> bytes:
    """A message as it goes over a stream connection: its length, then itself."""
    return LENGTH.pack(len(message)) + message
