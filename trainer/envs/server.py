"""The server behind a backend: one of our own on this machine, or somebody's at HOST:PORT."""

from __future__ import annotations

from typing import Any

from trainer.envs import address
from trainer.envs.address import LOOPBACK, Address
from trainer.envs.client import connect, load_carla
from trainer.envs.errors import SimulatorError, simulator_call
from trainer.loopback.process import LoopbackError, LoopbackServer
from trainer.loopback.roads import ROADS

_LOAD_TIMEOUT = 120.0  # s: a town of a real server takes its time


class Backend:
    """Gives clients of one server, which it starts where it is ours."""

    def __init__(self, backend: str, map_name: str | None, road: str) -> None:
        """`map_name` is a road of the loopback, or a town to load at HOST:PORT; None: `road`, or what is loaded."""
        self._map_name = map_name
        self._own = LoopbackServer(road=map_name or road) if backend == LOOPBACK else None
        self._address = None if backend == LOOPBACK else address.parse(backend)

    def client(self, timeout: float) -> Any:
        """Return a connected client; our own server is started if it does not run (any more)."""
        client = connect(self._listening(), timeout)
        if self._own is None and self._map_name is not None:
            self._load(client, self._map_name, timeout)
        return client

    @property
    def address(self) -> str:
        """HOST:PORT of the server."""
        return self._own.address if self._own is not None else str(self._address)

    def stop(self) -> None:
        """End our own server; another's goes on."""
        if self._own is not None:
            self._own.stop()

    def _listening(self) -> Address:
        if self._own is None:
            assert self._address is not None
            return self._address
        load_carla()
        if not self._own.alive:
            self._own.stop()
            try:
                self._own.start()
            except LoopbackError as error:
                raise SimulatorError(str(error)) from error
        return Address(self._own.host, self._own.port)

    def _load(self, client: Any, name: str, timeout: float) -> None:
        with simulator_call(f"loading the map {name}"):
            if client.get_world().get_map().name.rpartition("/")[2] == name:
                return
            client.set_timeout(max(timeout, _LOAD_TIMEOUT))
            client.load_world(name)
            client.set_timeout(timeout)


def kind_of(client: Any) -> str:
    """`loopback` or `carla`, by the server's own maps: a loopback at HOST:PORT must not pass as a simulator."""
    with simulator_call("listing its maps"):
        maps = {name.rpartition("/")[2] for name in client.get_available_maps()}
    return "loopback" if maps == set(ROADS) else "carla"
