"""A `carla.Client` whose server is known to speak the client's protocol."""

from __future__ import annotations

import importlib
import re
from typing import Any

from trainer.envs.address import Address, require_listener
from trainer.envs.errors import NoServerError, SimulatorError, SimulatorTimeoutError, VersionError, simulator_call


def load_carla() -> Any:
    """Import `carla`. Raises SimulatorError where it is not installed or has no wheel."""
    try:
        return importlib.import_module("carla")
    except ImportError as error:
        raise SimulatorError(
            "carla is not installed: pip install 'run-forensics[trainer]' "
            "(wheels: Linux and Windows on x86-64, Python 3.10 to 3.12)"
        ) from error


def connect(address: Address, timeout: float) -> Any:
    """Return a client whose calls give up after `timeout` seconds.

    The versions are compared before anything is streamed: a sensor message in another version's format ends the
    process with a segmentation fault, not with an exception.
    """
    carla = load_carla()
    require_listener(address)
    client = carla.Client(address.host, address.port)
    client.set_timeout(timeout)
    try:
        with simulator_call("saying its version"):
            theirs, ours = client.get_server_version(), client.get_client_version()
    except SimulatorTimeoutError as error:
        message = f"what listens at {address} did not answer as a CARLA server within {timeout:g} s"
        raise NoServerError(message) from error
    if _release(theirs) != _release(ours):
        raise VersionError(
            f"the server at {address} is CARLA {theirs}, the installed client is {ours}: they must be of one version"
        )
    return client


def _release(version: str) -> str:
    """The number of a version without what a build adds to it."""
    match = re.match(r"\d+\.\d+\.\d+", version)
    return match.group() if match else version
