"""HOST:PORT, and whether anything listens there."""

from __future__ import annotations

import socket
from typing import NamedTuple

from trainer.envs.errors import NoServerError
from trainer.errors import ConfigError

LOOPBACK = "loopback"
_CONNECT_TIMEOUT = 3.0  # s


class Address(NamedTuple):
    """Where a server listens for calls."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse(backend: str) -> Address:
    """Read HOST:PORT. Raises ConfigError where it is none."""
    host, colon, port = backend.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ConfigError(f"backend {backend!r} is neither {LOOPBACK!r} nor HOST:PORT, such as localhost:2000")
    return Address(host, int(port))


def require_listener(address: Address) -> None:
    """Raise NoServerError at once where nothing listens: `carla.Client` would say so only after its time-out."""
    try:
        socket.create_connection(address, _CONNECT_TIMEOUT).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise NoServerError(f"no CARLA server at {address}: {reason}. Start one, or use --backend loopback") from error
