"""The event encoder writes what TensorBoard's own protocol buffers hold."""

from __future__ import annotations

import math
import struct

import pytest
from tensorboard.compat.proto.event_pb2 import Event, SessionLog

from forensics.crc32c import crc32c, masked
from forensics.recorder.eventfile import frame, scalars, session_start, version


def parsed(record: bytes) -> Event:
    """Return the event of one record, its frame checked."""
    length, length_crc = struct.unpack("<QI", record[:12])
    payload = record[12:-4]
    assert len(payload) == length
    assert length_crc == masked(crc32c(record[:8]))
    assert struct.unpack("<I", record[-4:])[0] == masked(crc32c(payload))
    event = Event()
    event.ParseFromString(payload)
    return event


def test_all_scalars_of_a_step_are_one_event() -> None:
    values = {f"group/tag {number}": number / 7 for number in range(300)}
    event = parsed(scalars(1.5e9, 12_345, values))
    assert (event.wall_time, event.step) == (1.5e9, 12_345)
    held = [(value.tag, value.simple_value) for value in event.summary.value]
    assert held == [(tag, struct.unpack("<f", struct.pack("<f", value))[0]) for tag, value in values.items()]


def test_the_first_record_names_the_version_and_a_resume_starts_a_session() -> None:
    assert parsed(version(1.0)).file_version == "brain.Event:2"
    started = parsed(session_start(2.0, 77))
    assert started.session_log.status == SessionLog.START
    assert started.step == 77


@pytest.mark.parametrize("step", [0, 127, 128, 2**40, -1])
def test_any_step_of_int64_is_kept(step: int) -> None:
    assert parsed(scalars(0.0, step, {"a/b": 1.0})).step == step


def test_numbers_beyond_float32_are_infinite_and_odd_ones_are_kept() -> None:
    values = {"a/1": 1e300, "a/2": -1e300, "a/3": math.nan, "a/4": math.inf, "ümlaut/\udc80": 1.0}
    first, second, third, fourth, last = parsed(scalars(0.0, 0, values)).summary.value
    assert (first.simple_value, second.simple_value, fourth.simple_value) == (math.inf, -math.inf, math.inf)
    assert math.isnan(third.simple_value)
    assert last.tag == "ümlaut/\\udc80"


def test_an_empty_payload_is_a_record() -> None:
    assert len(frame(b"")) == 16
