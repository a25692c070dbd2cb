"""CARLA's streaming channel: a client opens one connection a stream, names the stream, and then only reads."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable

from trainer.loopback.rpc import without_delay
from trainer.loopback.wire import STREAM_ID, framed

log = logging.getLogger(__name__)

MAX_BACKLOG = 32 * 2**20  # bytes not yet read by a subscriber, beyond which messages to it are dropped, as CARLA does
SUBSCRIBE_TIMEOUT = 5.0  # s for a new connection to say which stream it wants, and for a client to come that will
_HELD = 10  # messages kept for a client that is about to come


class Streams:
    """Who listens to which stream."""

    def __init__(self, greeting: Callable[[int], bytes | None]) -> None:
        """`greeting` gives the message that a new subscriber of a stream gets at once, if any."""
        self.subscribers: defaultdict[int, set[asyncio.Transport]] = defaultdict(set)
        self._greeting = greeting
        self._held: dict[int, tuple[deque[bytes], asyncio.TimerHandle]] = {}

    def wanted(self) -> set[int]:
        """The streams that somebody listens to, or is about to."""
        return {*self.subscribers, *self._held}

    def expect(self, stream: int) -> None:
        """Keep what a stream carries until its next subscriber comes, for a while.

        A client asks where a stream is and then connects to it while it goes on with other calls: without this, whether
        it receives the image of its next tick would depend on which of two connections is read first.
        """
        held = self._take_held(stream)
        forget = asyncio.get_running_loop().call_later(SUBSCRIBE_TIMEOUT, self._held.pop, stream, None)
        self._held[stream] = (held, forget)

    def publish(self, stream: int, message: bytes) -> None:
        """Send a message to all who listen; one who does not read loses messages, nobody waits for anybody."""
        packet = framed(message)
        if stream in self._held:
            self._held[stream][0].append(packet)
        for transport in list(self.subscribers.get(stream, ())):
            if transport.get_write_buffer_size() > MAX_BACKLOG:
                log.warning("stream %d: a subscriber does not read; message dropped", stream)
            else:
                transport.write(packet)

    def subscribe(self, stream: int, transport: asyncio.Transport) -> None:
        """Add a listener."""
        self.subscribers[stream].add(transport)
        greeting = self._greeting(stream)
        if greeting is not None:
            transport.write(framed(greeting))
        for packet in self._take_held(stream):
            transport.write(packet)

    def unsubscribe(self, stream: int, transport: asyncio.Transport) -> None:
        """Remove a listener."""
        self.subscribers[stream].discard(transport)
        if not self.subscribers[stream]:
            del self.subscribers[stream]

    def _take_held(self, stream: int) -> deque[bytes]:
        held, forget = self._held.pop(stream, (deque(maxlen=_HELD), None))
        if forget is not None:
            forget.cancel()
        return held


class StreamConnection(asyncio.Protocol):
    """One subscriber: four bytes come in, after that messages go out."""

    def __init__(self, streams: Streams, open_connections: set[asyncio.BaseTransport]) -> None:
        self._streams = streams
        self._open = open_connections
        self._transport: asyncio.Transport | None = None
        self._stream: int | None = None
        self._received = b""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(transport)
        without_delay(transport)
        self._deadline = asyncio.get_running_loop().call_later(SUBSCRIBE_TIMEOUT, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._transport is not None
        assert self._deadline is not None
        self._deadline.cancel()
        self._open.discard(self._transport)
        if self._stream is not None:
            self._streams.unsubscribe(self._stream, self._transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        assert self._deadline is not None
        if self._stream is not None:
            return  # a client has nothing more to say
        self._received += data[: STREAM_ID.size]
        if len(self._received) >= STREAM_ID.size:
            self._deadline.cancel()
            (self._stream,) = STREAM_ID.unpack(self._received[: STREAM_ID.size])
            self._streams.subscribe(self._stream, self._transport)
