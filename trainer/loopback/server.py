"""The server: one event loop on which calls are answered, the world is stepped, and sensor data leave.

One thread does it all, so nothing needs a lock and the order of events is the order of the calls.
"""

from __future__ import annotations

import asyncio
import logging
import socket

from trainer.loopback import sensors, wire
from trainer.loopback.calls.actors import ActorCalls
from trainer.loopback.calls.batch import BatchCalls
from trainer.loopback.calls.episode import EpisodeCalls
from trainer.loopback.rpc import RpcConnection
from trainer.loopback.settings import Settings
from trainer.loopback.streaming import StreamConnection, Streams
from trainer.loopback.world import WORLD_STREAM, World

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_MIN_PERIOD = 0.01  # s of wall time between two steps that nobody asked for


class Server:
    """A world behind two ports of this machine: `port` for calls, another, which the tokens name, for streams."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.settings = Settings()
        self.port = 0
        self._stream_port = 0
        self._streams = Streams(self._greeting)
        self._listeners: list[asyncio.Server] = []
        self._connections: set[asyncio.BaseTransport] = set()
        self._own_step: asyncio.TimerHandle | None = None
        actors = ActorCalls(world, self)
        self._handlers = {
            **EpisodeCalls(world, self).handlers(),
            **actors.handlers(),
            **BatchCalls(actors, self).handlers(),
        }

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 lets the system choose. Raises OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        streams = await loop.create_server(lambda: StreamConnection(self._streams, self._connections), HOST, 0)
        self._listeners.append(streams)
        self._stream_port = _port(streams)
        calls = await loop.create_server(lambda: RpcConnection(self._handlers, self._connections), HOST, port)
        self._listeners.append(calls)
        self.port = _port(calls)
        self.apply(self.settings)

    def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._own_step is not None:
            self._own_step.cancel()
        for listener in self._listeners:
            listener.close()
        for connection in list(self._connections):
            assert isinstance(connection, asyncio.Transport)
            connection.abort()

    def token(self, stream: int) -> bytes:
        """Where a client gets a stream."""
        return wire.token(stream, socket.inet_aton(HOST), self._stream_port)

    def expect(self, stream: int) -> None:
        """Keep what a stream carries for a client that is about to connect to it."""
        self._streams.expect(stream)

    def advance(self) -> int:
        """Step the world and send what its sensors saw; the frame it is at then."""
        self.world.step()
        for stream, message in sensors.messages(self.world, self._streams.wanted(), self.token):
            self._streams.publish(stream, message)
        self.world.map_changed = False
        return self.world.frame

    def apply(self, settings: Settings) -> None:
        """Take settings over; a world that is not synchronous steps by itself, in real time."""
        self.settings = settings
        if self._own_step is not None:
            self._own_step.cancel()
            self._own_step = None
        if not settings.synchronous:
            period = max(self.world.delta, _MIN_PERIOD)
            self._own_step = asyncio.get_running_loop().call_later(period, self._step_alone)

    def _step_alone(self) -> None:
        self.advance()
        self.apply(self.settings)

    def _greeting(self, stream: int) -> bytes | None:
        """A client that connects between two ticks learns at once what the world is like."""
        return sensors.snapshot(self.world) if stream == WORLD_STREAM else None


def _port(listener: asyncio.Server) -> int:
    port: int = listener.sockets[0].getsockname()[1]
    return port
