"""One writer a directory. The lock says who writes: process, when it started, and which boot of the machine.

A lock whose process is gone (killed, or the machine was started again) is taken over; the number of a process alone
would not tell, since numbers come back. Two that take over at once are kept apart by the kernel's file lock, where
there is one, held for the moment of the exchange only: it would be inherited by worker processes.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from forensics.errors import UsageError

NAME = "writer.lock"


class WriterLock:
    """The lock of one run directory."""

    def __init__(self, folder: Path) -> None:
        """Take the lock. Raises UsageError where a living process holds it, OSError where it cannot be written."""
        self._path = folder / NAME
        with _exchange(self._path) as handle:
            held = _read(handle)
            if held is not None and _is_alive(held):
                raise UsageError(
                    f"{folder} is being written by process {held['pid']}; give the recorder a directory of its own, "
                    "or end that process first"
                )
            self.took_over = held is not None
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(_self()).encode(), 0)

    def release(self) -> None:
        """Remove the lock. Where that fails it is stale once this process has ended."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


@contextlib.contextmanager
def _exchange(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with contextlib.suppress(ImportError, OSError):  # not on Windows, and not on every network file system
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _read(handle: int) -> dict[str, object] | None:
    try:
        held = json.loads(os.pread(handle, 4096, 0))
    except ValueError:  # empty, or its writer died while writing it
        return None
    return held if isinstance(held, dict) and isinstance(held.get("pid"), int) else None


def _self() -> dict[str, object]:
    pid = os.getpid()
    return {"pid": pid, "started": _started(pid), "boot_id": _boot_id()}


def _is_alive(held: dict[str, object]) -> bool:
    pid = held["pid"]
    assert isinstance(pid, int)
    if held.get("boot_id") != _boot_id():
        return False
    if pid == os.getpid():
        return True
    started = _started(pid)
    if started or held.get("started"):
        return started == held.get("started")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and somebody else's
        return True
    return True


def _boot_id() -> str:
    """Return what names this boot of the machine; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Return when a process started, in clock ticks after boot; "" where it is gone or the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks
    return fields[19] if len(fields) > 19 and fields[0] != "Z" else ""
