"""What can go wrong with a simulator, each said in one line.

SimulatorError
 ├── NoServerError         nothing listens, or what listens is no CARLA server
 ├── VersionError          client and server are not of one version
 └── SimulatorTimeoutError a server that answered before does not answer now
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from forensics.errors import ForensicsError


class SimulatorError(ForensicsError):
    """The simulator cannot do what it was asked for."""

    exit_code = 2


class NoServerError(SimulatorError):
    """There is no CARLA server at the address."""


class VersionError(SimulatorError):
    """Client and server speak different protocols: streaming would crash the process, so nothing was subscribed to."""


class SimulatorTimeoutError(SimulatorError):
    """The server fell silent."""


@contextmanager
def simulator_call(what: str) -> Iterator[None]:
    """Turn what `carla` raises, a plain RuntimeError for everything, into errors of ours; `what` is a participle."""
    try:
        yield
    except RuntimeError as error:
        message = " ".join(str(error).split())
        if "time-out" in message or "timeout" in message.lower():
            raise SimulatorTimeoutError(f"the simulator did not answer while {what}: {message}") from error
        raise SimulatorError(f"the simulator failed while {what}: {message}") from error
