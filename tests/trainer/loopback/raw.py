"""A client that speaks to the server byte by byte, and a server in a thread to speak to."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from trainer.loopback import opendrive
from trainer.loopback.packing import Unpacker, pack
from trainer.loopback.roads import ROADS
from trainer.loopback.server import Server
from trainer.loopback.world import World

TIMEOUT = 5.0
SYNCHRONOUS = [True, False, [True, 0.05], True, 0.01, 10, 0.0, True, 3000.0, 2000.0, True]


def world(road: str = "loop", seed: int = 0) -> World:
    return World(opendrive.read(ROADS[road]()), road, seed)


@contextmanager
def serving(of: World) -> Iterator[Server]:
    """A server on a loop of its own thread, until the end of the `with`."""
    started = threading.Event()
    server = Server(of)
    loop = asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(server.start())
        started.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(asyncio.sleep(0.01))  # connections that were dropped are closed on the next rounds
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(TIMEOUT)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(TIMEOUT)


class RawClient:
    """One connection for calls, and one for each stream that is asked for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self._unpacker = Unpacker()
        self._replies: list[Any] = []
        self._streams: list[socket.socket] = []

    def send(self, name: str, *arguments: Any, silent: bool = False) -> None:
        self.socket.sendall(pack([0, 17, name, [[silent], *arguments]]))

    def reply(self) -> Any:
        """The next reply, without its envelope."""
        while not self._replies:
            data = self.socket.recv(1 << 16)
            assert data, "the server closed the connection"
            self._replies.extend(self._unpacker.messages(data))
        kind, number, error, result = self._replies.pop(0)
        assert (kind, number, error) == (1, 17, None)
        return result

    def ask(self, name: str, *arguments: Any) -> Any:
        """The raw result of a call."""
        self.send(name, *arguments)
        return self.reply()

    def call(self, name: str, *arguments: Any) -> Any:
        """The value that a call returns."""
        ((right, value),) = self.ask(name, *arguments)
        assert right == 1, value
        return value

    def order(self, name: str, *arguments: Any) -> None:
        """A call without reply; done when the next call is answered."""
        self.send(name, *arguments, silent=True)

    def subscribe(self, stream: int) -> socket.socket:
        (token,) = self.call("get_sensor_token", stream)
        named, port = struct.unpack("<IH", token[:6])
        connection = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        connection.sendall(struct.pack("<I", named))
        self._streams.append(connection)
        return connection

    def spawn(self, blueprint: str, pose: Any, parent: int = 0, **attributes: Any) -> int:
        described = [0, blueprint, [[name, 4, str(value)] for name, value in attributes.items()]]
        if parent:
            return int(self.call("spawn_actor_with_parent", described, pose, parent, 0, "")[0])
        return int(self.call("spawn_actor", described, pose)[0])

    def close(self) -> None:
        for connection in (self.socket, *self._streams):
            connection.close()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def message(connection: socket.socket) -> bytes:
    """The next message of a stream."""
    (length,) = struct.unpack("<I", exactly(connection, 4))
    return exactly(connection, length)


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        assert more, "the stream ended"
        data += more
    return data


def frame(data: bytes) -> tuple[int, int]:
    """Sensor type and frame of a message."""
    kind, number = struct.unpack("<QQ", data[:16])
    return kind, number
