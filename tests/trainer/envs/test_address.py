"""What HOST:PORT may be."""

from __future__ import annotations

import socket

import pytest

from trainer.envs.address import Address, parse, require_listener
from trainer.envs.errors import NoServerError, SimulatorError, SimulatorTimeoutError, simulator_call
from trainer.errors import ConfigError


@pytest.mark.parametrize("backend", ["", "localhost", "localhost:", ":2000", "localhost:0", "a:70000", "a:²", "a:-1"])
def test_what_is_no_address_is_refused(backend: str) -> None:
    with pytest.raises(ConfigError, match="neither 'loopback' nor HOST:PORT"):
        parse(backend)


def test_an_address_is_read() -> None:
    assert parse("localhost:2000") == Address("localhost", 2000)
    assert parse("[::1]:2000") == Address("::1", 2000)


def test_where_nobody_listens_it_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(NoServerError, match=f"no CARLA server at 127.0.0.1:{port}"):
        require_listener(Address("127.0.0.1", port))


def test_what_carla_raises_becomes_an_error_of_one_line() -> None:
    silent = pytest.raises(SimulatorTimeoutError, match="did not answer while driving: time-out of 5000ms")
    with silent, simulator_call("driving"):
        raise RuntimeError("time-out of 5000ms while waiting\nfor the simulator")
    with pytest.raises(SimulatorError, match="failed while driving: std::bad_cast"), simulator_call("driving"):
        raise RuntimeError("std::bad_cast")
