"""A running server to talk to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.trainer.loopback.raw import RawClient
    from trainer.loopback.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server in a thread, on the loop road."""
    pytest.importorskip("msgpack", reason="the loopback server needs msgpack (extra trainer)")
    from tests.trainer.loopback.raw import serving, world

    with serving(world()) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[RawClient]:
    """A raw client of that server, which it has told to wait for ticks."""
    from tests.trainer.loopback.raw import SYNCHRONOUS, RawClient

    with RawClient(server.port) as connected:
        connected.call("set_episode_settings", SYNCHRONOUS)
        yield connected
