"""MessagePack-RPC as CARLA's client speaks it (rpclib with CARLA's own wrapping of results)."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any

from trainer.loopback.packing import MalformedError, Unpacker, pack

log = logging.getLogger(__name__)

_RESPONSE = 1


class RpcError(Exception):
    """What was asked for cannot be done; the client raises its message as RuntimeError."""


class Void:
    """The result of a call that returns nothing."""


class Raw:
    """A result that CARLA does not wrap."""

    def __init__(self, value: Any) -> None:
        self.value = value


Handler = Callable[..., Any]


class RpcConnection(asyncio.Protocol):
    """One client. What is not MessagePack-RPC ends the connection; what is not known or fails gets an error reply."""

    def __init__(self, handlers: Mapping[str, Handler], open_connections: set[asyncio.BaseTransport]) -> None:
        self._handlers = handlers
        self._open = open_connections
        self._transport: asyncio.Transport | None = None
        self._unpacker = Unpacker()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(transport)
        without_delay(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._transport is not None
        self._open.discard(self._transport)

    def pause_writing(self) -> None:
        # A client that asks and does not read its answers is not read any further.
        assert self._transport is not None
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        assert self._transport is not None
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        try:
            for message in self._unpacker.messages(data):
                if self._transport.is_closing():
                    return
                self._serve(message)
        except MalformedError as error:
            log.warning("connection closed: not MessagePack-RPC (%s)", error)
            self._transport.abort()

    def _serve(self, message: Any) -> None:
        assert self._transport is not None
        match message:
            case [0, int(number), str(name), [[bool(silent)], *arguments]]:  # 0: a request
                result = call(self._handlers, name, arguments)
                if not silent:
                    self._transport.write(pack([_RESPONSE, number, None, result]))
            case _:
                raise MalformedError("a message is not a request")


def call(handlers: Mapping[str, Handler], name: str, arguments: list[Any]) -> Any:
    """The result of a call in the form in which CARLA's client expects it, an error included."""
    handler = handlers.get(name)
    if handler is None:
        log.info("the loopback does not know %s", name)
        return failure(f"the loopback server does not know the call {name}")
    log.debug("%s %.200r", name, arguments)
    try:
        return success(handler(*arguments))
    except RpcError as error:
        return failure(str(error))
    except ValueError as error:
        log.warning("%s refused: %s", name, error)
        return failure(f"{name}: {error}")
    except Exception as error:  # wrong in number or kind, or a defect here: neither may end the server
        log.exception("%s failed", name)
        return failure(f"{name}: {type(error).__name__}: {error}")


def success(result: Any) -> Any:
    """A result as a variant: `[[1, value]]`, `[[false]]` for none, or as it is where CARLA does not wrap it."""
    if isinstance(result, Raw):
        return result.value
    return [[False]] if result is Void else [[1, result]]


def failure(message: str) -> Any:
    """An error as a variant; a call without result reads the 0 as a true flag of an error all the same."""
    return [[0, [message]]]


def without_delay(transport: asyncio.Transport) -> None:
    """Send small messages at once, and notice in time that the other side is gone."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
