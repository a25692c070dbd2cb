"""The bytes that the 0.9.16 client was seen to accept. A change here crashes the client's process, not its Python."""

from __future__ import annotations

import pytest

from trainer.loopback import wire
from trainer.loopback.geometry import Transform

POSE = Transform(1.0, 2.0, 3.0, 10.0, 20.0, 30.0)
POSE_BYTES = "0000803f 00000040 00004040 00002041 0000a041 0000f041"  # x, y, z, pitch, yaw, roll


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


def test_a_token_names_stream_port_protocol_and_address() -> None:
    token = wire.token(5, bytes([127, 0, 0, 1]), 2001)
    assert token == unhex("05000000 d107 01 01 7f000001 00000000 00000000 00000000")
    assert len(token) == 24


@pytest.mark.parametrize(
    ("kind", "first"),
    [(wire.SensorType.COLLISION, "00"), (wire.SensorType.RGB_CAMERA, "0d"), (wire.SensorType.WORLD_OBSERVER, "11")],
)
def test_a_header_holds_type_frame_time_and_pose(kind: wire.SensorType, first: str) -> None:
    header = wire.header(kind, 258, 0.5, POSE)
    assert header == unhex(f"{first}00000000000000 0201000000000000 000000000000e03f {POSE_BYTES}")
    assert len(header) == 48


def test_an_image_is_header_size_field_of_view_and_pixels() -> None:
    pixels = bytes([1, 2, 3, 255, 4, 5, 6, 255])
    image = wire.image(7, 0.25, POSE, (2, 1), 90.0, pixels)
    expected = f"0d00000000000000 0700000000000000 000000000000d03f {POSE_BYTES} 02000000 01000000 0000b442"
    assert image == unhex(expected) + pixels


def test_an_actor_takes_119_bytes_and_pads_its_own_part_with_zeros() -> None:
    record = wire.ActorRecord(9, POSE, (1.0, 0.0, 0.0), (0.0, 0.0, 2.0), (0.0, 3.0, 0.0))
    moving = "0000803f 00000000 00000000  00000000 00000000 00000040  00000000 00004040 00000000"
    assert wire.actor(record) == unhex(f"09000000 01 {POSE_BYTES} {moving} {'00' * 54}")
    assert len(wire.actor(record)) == 119


def test_a_vehicle_adds_its_control_and_speed_limit() -> None:
    payload = wire.vehicle_payload((0.5, -1.0, 0.25, True, False, True, 2), 50.0)
    assert payload == unhex("0000003f 000080bf 0000803e 01 00 01 02000000 00004842 03 00 00000000 00")
    assert wire.actor(wire.ActorRecord(9, POSE, payload=payload))[65:] == payload.ljust(54, b"\0")


def test_a_snapshot_is_header_episode_and_actors() -> None:
    state = wire.EpisodeState.MAP_CHANGE
    snapshot = wire.snapshot(3, 0.5, 0.05, 4, state, 1.0, [wire.ActorRecord(1, Transform())])
    header = f"1100000000000000 0300000000000000 000000000000e03f {'00' * 24}"
    episode = "0400000000000000 000000000000f03f cdcc4c3d 00000000 00000000 00000000 01000000"
    assert snapshot == unhex(f"{header} {episode} 01000000 01 {'00' * 114}")
    assert len(snapshot) == 48 + 36 + 119


def test_a_message_goes_out_behind_its_length() -> None:
    assert wire.framed(b"abc") == b"\x03\0\0\0abc"
