"""Progress on standard error: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from forensics.command import streams
from forensics.safety.text import clean

_EVERY = 10.0  # seconds between two lines where no bar can be drawn


class Advance(Protocol):
    """Called with the name of each run that is done."""

    def __call__(self, name: str) -> None: ...


@contextmanager
def progress(total: int) -> Iterator[Advance]:
    """Show how many of `total` runs are done. No thread is started: processes are forked meanwhile."""
    if not sys.stderr.isatty():
        yield _lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("analysing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[run]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bar:
        task = bar.add_task("", total=total, run="")
        bar.refresh()

        def advance(name: str) -> None:
            bar.update(task, advance=1, run=clean(name)[-50:], refresh=True)

        yield advance


def _lines(total: int) -> Advance:
    done, said = 0, time.monotonic()

    def advance(name: str) -> None:
        nonlocal done, said
        done += 1
        if time.monotonic() - said >= _EVERY:
            said = time.monotonic()
            streams.note(f"{done} of {total} runs analysed; the last was {name}")

    return advance
