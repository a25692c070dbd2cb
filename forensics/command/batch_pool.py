"""Runs one process a run, as many at a time as there are cores.

A process that dies, is killed or runs out of memory costs its own run, and gives its memory back when it ends; a pool
of lasting workers would do neither.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

Item = TypeVar("Item")
Result = TypeVar("Result")

_GRACE = 5.0  # seconds that a process has to end before it is killed


@dataclass(frozen=True, slots=True)
class Died:
    """A process ended without a result. `code` is its exit code, negative for the signal that killed it."""

    code: int | None

    def __str__(self) -> str:
        if self.code is not None and self.code < 0:
            killed = f"was killed by signal {-self.code}"
            return f"the process that examined it {killed}" + (
                ": the machine may have run out of memory" if self.code == -signal.SIGKILL.value else ""
            )
        return f"the process that examined it ended with code {self.code}"


def cores() -> int:
    """Return how many processes may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[tuple[int, Result | Died]]:
    """Yield (place of the item, what `function` made of it) as results come, from one process an item.

    An interrupt, or leaving the iterator, ends the processes that still run.
    """
    from multiprocessing.connection import wait

    context = _context()
    waiting = iter(enumerate(items))
    running: dict[Connection, tuple[int, BaseProcess]] = {}
    try:
        while True:
            while len(running) < workers and (item := next(waiting, None)) is not None:
                place, subject = item
                connection, process = _start(context, function, subject)
                running[connection] = (place, process)
            if not running:
                return
            ready = wait(list(running))
            for connection in [one for one in running if one in ready]:
                place, process = running.pop(connection)
                yield place, _result(connection, process)
    finally:
        _end([process for _, process in running.values()])


def _context() -> BaseContext:
    """Return a context whose processes start in milliseconds where that is safe: Linux, before any thread of ours."""
    import multiprocessing

    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _start(context: BaseContext, function: Callable[[Any], Any], item: Any) -> tuple[Connection, BaseProcess]:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, function, item), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    return ours, process


def _child(connection: Connection, function: Callable[[Any], Any], item: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us, so that one line is said and not one a process
    connection.send(function(item))
    connection.close()


def _result(connection: Connection, process: BaseProcess) -> Any:
    try:
        return connection.recv()
    except EOFError:
        process.join()
        return Died(process.exitcode)
    finally:
        connection.close()
        process.join(_GRACE)


def _end(processes: Sequence[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()
