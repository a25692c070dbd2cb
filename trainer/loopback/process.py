"""A loopback server in a process of its own, for as long as this process needs it.

It cannot be a thread: `carla.Client` holds the interpreter's lock in calls that wait for the server.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
import weakref
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

import trainer
from trainer.loopback.wire import CLIENT_VERSION

_STOP_TIMEOUT = 5.0  # s
_LOG_TAIL = 2000  # characters of the server's log that an error quotes


class LoopbackError(RuntimeError):
    """The loopback server cannot be had; the message says why."""


class LoopbackServer:
    """Starts on `start()` or `with`, ends on `stop()`, at the end of the `with`, or with this process, however it ends.

    `road` is one of `trainer.loopback.roads.ROADS` or the path of an OpenDRIVE file. Several may run at once.
    """

    def __init__(self, *, road: str = "loop", seed: int = 0, start_timeout: float = 30.0) -> None:
        self.road = road
        self.seed = seed
        self.host = "127.0.0.1"
        self.port = 0
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[str] | None = None
        self._end: weakref.finalize[[subprocess.Popen[str]], LoopbackServer] | None = None

    @property
    def address(self) -> str:
        """HOST:PORT for `carla.Client`."""
        return f"{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process, while there is one."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """True while the server runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> LoopbackServer:
        """Start and wait until the server listens; raises `LoopbackError` where it does not come up in time."""
        if self._process is not None:
            raise LoopbackError("the loopback server was started already")
        check_installed()
        # A file takes what a pipe that nobody reads would block on.
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        command = [sys.executable, "-P", "-m", "trainer.loopback", "--port=0", f"--parent={os.getpid()}"]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, f"--road={self.road}", f"--seed={self.seed}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=_environment(),
        )
        self._end = weakref.finalize(self, _stop, self._process)
        try:
            self.port = self._wait_for_port(self._process)
        except LoopbackError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the server; does nothing where none runs."""
        if self._end is not None:
            self._end()
        if self._log is not None:
            self._log.close()
        self._process = self._end = self._log = None

    def log(self) -> str:
        """What the server has logged: warnings and errors."""
        if self._log is None:
            return ""
        self._log.seek(0)
        return self._log.read()

    def __enter__(self) -> LoopbackServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_for_port(self, process: subprocess.Popen[str]) -> int:
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        # A pipe cannot be read with a time-out on every platform; a thread can be left behind.
        threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True).start()
        try:
            line = lines.get(timeout=self._start_timeout)
        except queue.Empty:
            raise LoopbackError(f"the loopback server did not start within {self._start_timeout:g} s") from None
        if not line.startswith("listening on "):
            process.wait(_STOP_TIMEOUT)
            raise LoopbackError(f"the loopback server did not start: {self.log()[-_LOG_TAIL:].strip()}")
        return int(line.rpartition(":")[2])


def check_installed() -> None:
    """Raise `LoopbackError` without msgpack, or with another carla than `CLIENT_VERSION`: such a client would crash."""
    if find_spec("msgpack") is None:
        raise LoopbackError("the loopback server needs msgpack: pip install 'run-forensics[trainer]'")
    try:
        installed = metadata.version("carla")
    except metadata.PackageNotFoundError:
        return
    if installed != CLIENT_VERSION:
        raise LoopbackError(
            f"the loopback server speaks the protocol of carla {CLIENT_VERSION}, and carla {installed} is installed; "
            f"its sensor numbers differ and the client would crash. Install carla=={CLIENT_VERSION}"
        )


def _environment() -> dict[str, str]:
    """Ours, with the very package that this module is from first, and without threads that numpy would start idle."""
    path = [str(Path(trainer.__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _stop(process: subprocess.Popen[str]) -> None:
    """Close the server's input, which ends it; insist where it does not."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_STOP_TIMEOUT)
    process.stdout.close()
