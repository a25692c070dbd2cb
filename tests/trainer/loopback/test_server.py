"""The server on its sockets: what it answers, what it sends, and what it survives."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

import pytest

from trainer.loopback.blueprints import CAMERA, COLLISION

if TYPE_CHECKING:
    from tests.trainer.loopback.raw import RawClient
    from trainer.loopback.server import Server

CAR = "vehicle.tesla.model3"
START = [[10.0, 1.75, 0.3], [0.0, 0.0, 0.0]]
MOUNT = [[1.5, 0.0, 2.4], [-12.0, 0.0, 0.0]]


def test_it_says_the_version_that_it_speaks(client: RawClient) -> None:
    assert client.ask("version") == [[1, "0.9.16"]]


def test_an_unknown_call_gets_an_error_that_names_it(client: RawClient) -> None:
    assert client.ask("fly_to_the_moon", 1) == [[0, ["the loopback server does not know the call fly_to_the_moon"]]]


def test_a_call_without_result_is_answered_by_a_false(client: RawClient) -> None:
    assert client.ask("load_new_episode", "intersection", False, 65535) == [[False]]


def test_a_call_that_asks_for_no_answer_gets_none(client: RawClient) -> None:
    client.order("set_weather_parameters", [1.0] * 14)
    client.order("no_such_call")
    assert client.call("get_weather_parameters") == [1.0] * 14


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("spawn_actor", []),
        ("spawn_actor", [1, 2]),
        ("spawn_actor", [[1, CAR, []], [[float("nan"), 0, 0], [0, 0, 0]]]),
        ("spawn_actor", [[1, CAR, []], [[1e300, 0, 0], [0, 0, 0]]]),
        ("spawn_actor", [[1, "vehicle.none", []], START]),
        ("spawn_actor_with_parent", [[10, CAMERA, []], MOUNT, 99, 0, ""]),
        ("get_sensor_token", [-1]),
        ("get_sensor_token", ["one"]),
        ("set_episode_settings", [[True]]),
        ("set_episode_settings", [[True, False, [True, float("inf")], True, 0.01, 10, 0.0, True, 1.0, 1.0, True]]),
        ("set_episode_settings", [[True, False, [True, -0.1], True, 0.01, 10, 0.0, True, 1.0, 1.0, True]]),
        ("set_weather_parameters", [[1.0]]),
        ("load_new_episode", ["Town01", True]),
        ("load_new_episode", [7, True]),
        ("copy_opendrive_to_file", ["<x/>", []]),
        ("apply_control_to_vehicle", [99, [0, 0, 0, False, False, False, 0]]),
        ("apply_control_to_vehicle", [1, [0, 0, 0, False, False, False, 0]]),
        ("set_actor_transform", [99, START]),
        ("get_actor_bounding_box", [[]]),
        ("apply_batch", [5, False]),
    ],
)
def test_a_call_that_cannot_be_done_gets_an_error_and_changes_nothing(
    client: RawClient, name: str, arguments: list[Any]
) -> None:
    before = client.call("get_episode_settings"), client.call("get_map_info")[0]
    ((right, (words,)),) = client.ask(name, *arguments)
    assert right == 0
    assert words
    assert (client.call("get_episode_settings"), client.call("get_map_info")[0]) == before
    assert client.call("tick_cue") > 0


def test_a_tick_sends_image_and_snapshot_of_the_frame_it_returns(client: RawClient) -> None:
    from tests.trainer.loopback.raw import frame, message

    car = client.spawn(CAR, START)
    camera = client.spawn(CAMERA, MOUNT, car, image_size_x=16, image_size_y=8)
    (_, _, _, _, _, token) = client.call("get_actors_by_id", [camera])[0]
    images = client.subscribe(struct.unpack("<I", token[:4])[0])
    snapshots = client.subscribe(1)
    assert frame(message(snapshots))[0] == 17  # what the world was when we came
    number = client.call("tick_cue")
    image = message(images)
    assert frame(image) == (13, number)
    assert len(image) == 48 + 12 + 16 * 8 * 4
    assert frame(message(snapshots)) == (17, number)


def test_an_image_is_taken_at_the_interval_that_was_asked_for(client: RawClient) -> None:
    from tests.trainer.loopback.raw import frame, message

    car = client.spawn(CAR, START)
    camera = client.spawn(CAMERA, MOUNT, car, image_size_x=4, image_size_y=4, sensor_tick=0.15)
    images = client.subscribe(struct.unpack("<I", client.call("get_actors_by_id", [camera])[0][5][:4])[0])
    first = client.call("tick_cue")
    for _ in range(6):
        client.call("tick_cue")
    assert [frame(message(images))[1] for _ in range(3)] == [first, first + 3, first + 6]


def test_no_image_is_lost_between_asking_for_a_stream_and_connecting_to_it(client: RawClient) -> None:
    from tests.trainer.loopback.raw import frame, message

    car = client.spawn(CAR, START)
    camera = client.spawn(CAMERA, MOUNT, car, image_size_x=4, image_size_y=4)
    stream, port = struct.unpack_from("<IH", client.call("get_actors_by_id", [camera])[0][5])
    client.call("tick_cue")  # nobody has asked yet
    client.call("get_sensor_token", stream)
    first, second = client.call("tick_cue"), client.call("tick_cue")
    with socket.create_connection(("127.0.0.1", port), 5.0) as late:
        late.sendall(struct.pack("<I", stream))
        assert [frame(message(late))[1] for _ in range(2)] == [first, second]
        third = client.call("tick_cue")
        assert frame(message(late))[1] == third


def test_images_are_not_kept_for_ever_for_a_client_that_does_not_come(
    server: Server, client: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.loopback import streaming

    monkeypatch.setattr(streaming, "SUBSCRIBE_TIMEOUT", 0.02)
    client.call("get_sensor_token", 5)
    assert 5 in server._streams.wanted()
    time.sleep(0.1)
    assert 5 not in server._streams.wanted()


def test_a_collision_is_sent_to_the_sensor_of_either_side(client: RawClient) -> None:
    from tests.trainer.loopback.raw import frame, message
    from trainer.loopback.packing import Unpacker

    cars = [client.spawn(CAR, START), client.spawn(CAR, [[16.0, 1.75, 0.3], [0.0, 0.0, 0.0]])]
    streams = []
    for car in cars:
        sensor = client.spawn(COLLISION, [[0.0] * 3, [0.0] * 3], car)
        streams.append(client.subscribe(struct.unpack("<I", client.call("get_actors_by_id", [sensor])[0][5][:4])[0]))
    client.order("set_actor_target_velocity", cars[0], [20.0, 0.0, 0.0])
    for _ in range(5):
        client.call("tick_cue")
    impulses = []
    for own, other, stream in zip(cars, reversed(cars), streams, strict=True):
        data = message(stream)
        assert frame(data)[0] == 0
        ((actor, struck, impulse),) = Unpacker().messages(data[48:])
        assert (actor[0], struck[0]) == (own, other)
        impulses.append(impulse)
    assert impulses[0][0] < 0 < impulses[1][0]


def test_a_world_that_is_not_synchronous_goes_on_by_itself(client: RawClient) -> None:
    from tests.trainer.loopback.raw import SYNCHRONOUS, frame, message

    client.call("set_episode_settings", [False, *SYNCHRONOUS[1:]])
    snapshots = client.subscribe(1)
    first = frame(message(snapshots))[1]
    assert [frame(message(snapshots))[1] for _ in range(3)] == [first + 1, first + 2, first + 3]
    client.call("set_episode_settings", SYNCHRONOUS)
    still = client.call("set_episode_settings", SYNCHRONOUS)
    time.sleep(0.15)
    assert client.call("set_episode_settings", SYNCHRONOUS) == still


def test_a_new_episode_is_told_once_that_the_map_has_changed(client: RawClient) -> None:
    from tests.trainer.loopback.raw import message

    snapshots = client.subscribe(1)
    message(snapshots)
    client.ask("load_new_episode", "s-bend", False)
    seen = []
    for _ in range(2):
        client.call("tick_cue")
        seen.append(struct.unpack_from("<Q24xI", message(snapshots), 48))
    (episode, changed), (same_episode, after) = seen
    assert (changed, after) == (1, 0)
    assert episode == same_episode == client.call("get_episode_info")[0]


def test_a_batch_answers_each_command_and_spares_the_others_the_error_of_one(client: RawClient) -> None:
    control = [[2, [0, [1.0, 0.0, 0.0, False, False, False, 0]]]]
    spawn = [[0, [[1, CAR, []], START, [False], 0, "", [control]]]]
    answers = client.ask("apply_batch", [spawn, spawn, [[99, [1]]], [[1, [12345]]], "nonsense"], True)
    (((right, car),), *errors) = answers
    assert right == 1
    assert [error[0][0] for error in errors] == [0, 0, 0, 0]
    assert client.ask("apply_batch", [[[1, [car]]]], False) == [[[1, car]]]


@pytest.mark.parametrize("seed", range(8))
def test_garbage_on_either_port_ends_that_connection_alone(server: Server, client: RawClient, seed: int) -> None:
    stream_port = struct.unpack_from("<H", client.call("get_sensor_token", 1)[0], 4)[0]
    garbage = random.Random(seed).randbytes(5000)
    for port in (server.port, stream_port):
        with socket.create_connection(("127.0.0.1", port), 5.0) as stranger:
            try:
                stranger.sendall(garbage)
                stranger.settimeout(0.1)
                stranger.recv(1)
            except OSError:
                pass
        assert client.call("version") == "0.9.16"
    assert client.call("tick_cue") > 0


@pytest.mark.parametrize(
    "data",
    [
        b"\xdd\xff\xff\xff\xff",  # an array of four thousand million items
        b"\xdd\x00\x00\x27\x0f" * 3000,  # arrays in arrays
        b"\x91" * 5000,
        b"\xc1",
        b"\x94\x00\x01\xa4tick\x90",  # a request without metadata
        b"\x94\x00\x01\x02\x91\x91\xc2",  # a name that is no text
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_a_request_ends_the_connection(server: Server, client: RawClient, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5.0) as stranger:
        try:
            stranger.sendall(data)
            assert stranger.recv(1) == b""
        except ConnectionError:
            pass
    assert client.call("version") == "0.9.16"


def test_a_client_that_vanishes_within_a_message_leaves_the_rest_running(server: Server, client: RawClient) -> None:
    from trainer.loopback.packing import pack

    whole = pack([0, 1, "get_map_data", [[False]]])
    stranger = socket.create_connection(("127.0.0.1", server.port), 5.0)
    stranger.sendall(whole[:-2])
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends with a reset
    stranger.close()
    assert client.call("version") == "0.9.16"


def test_a_subscriber_that_vanishes_is_forgotten(server: Server, client: RawClient) -> None:
    from tests.trainer.loopback.raw import message

    gone, stays = client.subscribe(1), client.subscribe(1)
    message(gone)
    message(stays)
    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    gone.close()
    for _ in range(20):
        client.call("tick_cue")
        message(stays)
    assert len(server._streams.subscribers[1]) == 1


def test_a_subscriber_that_does_not_read_holds_nobody_up(
    client: RawClient, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    from trainer.loopback import streaming

    monkeypatch.setattr(streaming, "MAX_BACKLOG", 200_000)
    car = client.spawn(CAR, START)
    camera = client.spawn(CAMERA, MOUNT, car, image_size_x=400, image_size_y=300)
    client.subscribe(struct.unpack("<I", client.call("get_actors_by_id", [camera])[0][5][:4])[0])
    for _ in range(40):
        client.call("tick_cue")
    (transport,) = (t for stream, found in server._streams.subscribers.items() if stream != 1 for t in found)
    assert transport.get_write_buffer_size() < 200_000 + 500_000


def test_a_connection_that_names_no_stream_is_closed(client: RawClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from trainer.loopback import streaming

    monkeypatch.setattr(streaming, "SUBSCRIBE_TIMEOUT", 0.05)
    port = struct.unpack_from("<H", client.call("get_sensor_token", 1)[0], 4)[0]
    with socket.create_connection(("127.0.0.1", port), 5.0) as silent:
        silent.sendall(b"\x01\x00")
        with contextlib.suppress(ConnectionResetError):
            assert silent.recv(1) == b""


def test_a_stream_may_be_named_byte_by_byte(client: RawClient) -> None:
    from tests.trainer.loopback.raw import frame, message

    port = struct.unpack_from("<H", client.call("get_sensor_token", 1)[0], 4)[0]
    with socket.create_connection(("127.0.0.1", port), 5.0) as slow:
        for byte in b"\x01\x00\x00\x00":
            slow.sendall(bytes([byte]))
            time.sleep(0.01)
        assert frame(message(slow))[0] == 17


def test_clients_come_at_once_and_one_after_another(server: Server, client: RawClient) -> None:
    from tests.trainer.loopback.raw import RawClient as Client

    crowd = [Client(server.port) for _ in range(10)]
    frames = [member.call("tick_cue") for member in crowd]
    assert frames == list(range(frames[0], frames[0] + 10))
    for member in crowd:
        member.close()
    for _ in range(10):
        with Client(server.port) as next_one:
            assert next_one.call("version") == "0.9.16"


def test_both_ports_listen_on_this_machine_alone(server: Server) -> None:
    for listener in server._listeners:
        assert [bound.getsockname()[0] for bound in listener.sockets] == ["127.0.0.1"]


def test_the_same_seed_and_orders_give_the_same_bytes() -> None:
    pytest.importorskip("msgpack", reason="the loopback server needs msgpack (extra trainer)")
    from tests.trainer.loopback.raw import SYNCHRONOUS, RawClient, message, serving, world

    def run(seed: int) -> list[bytes]:
        with serving(world("loop", seed)) as server, RawClient(server.port) as client:
            client.call("set_episode_settings", SYNCHRONOUS)
            started = client.call("tick_cue")
            car = client.spawn(CAR, START)
            camera = client.spawn(CAMERA, MOUNT, car, image_size_x=32, image_size_y=24)
            images = client.subscribe(struct.unpack("<I", client.call("get_actors_by_id", [camera])[0][5][:4])[0])
            client.order("apply_control_to_vehicle", car, [1.0, 0.1, 0.0, False, False, False, 0])
            seen = []
            for _ in range(5):
                client.call("tick_cue")
                data = message(images)
                assert struct.unpack_from("<Q", data, 8)[0] > started
                seen.append(data[24:])  # without type, frame and time: the world had begun before we came
            return seen

    assert run(1) == run(1)
    assert run(1) != run(2)
