"""Standard output and error as they really are: closed, piped into `head`, or unable to encode a character."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from forensics.errors import OutputError
from forensics.safety.text import clean

if TYPE_CHECKING:
    from rich.console import Console


def prepare() -> None:
    """Make both streams safe to write to, whatever the locale, even if they are closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  it lives as long as we do
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def write(text: str | bytes) -> None:
    """Write to standard output and nothing else. A reader that has left (`| head`) is not an error.

    Raises OutputError if the text cannot be written for another reason (a full disk).
    """
    data = text if isinstance(text, bytes) else text.encode(sys.stdout.encoding or "utf-8", errors="replace")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        drop_stdout()
    except OSError as failure:
        drop_stdout()
        raise OutputError(f"standard output cannot be written: {failure.strerror}") from failure


@contextmanager
def console() -> Iterator[Console]:
    """Give a console on standard output whose reader may leave.

    Raises OutputError if something cannot be written for another reason (a full disk).
    """
    from rich.console import Console

    class Summary(Console):
        def on_broken_pipe(self) -> None:  # the reader has left; the report is written all the same
            self.quiet = True
            drop_stdout()

    try:
        yield Summary()
    except OSError as failure:
        drop_stdout()
        raise OutputError(f"standard output cannot be written: {failure.strerror}") from failure


def drop_stdout() -> None:
    """Send what is still written to standard output nowhere, so that no later flush fails."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def error(message: str) -> None:
    """Write one line to standard error: no control character of a foreign file reaches the terminal."""
    line = " ".join(clean(message, limit=1000).split())
    sys.stderr.write(f"forensics: error: {line}\n")


def note(message: str) -> None:
    """Write one line to standard error that is not an error."""
    sys.stderr.write(f"forensics: {' '.join(clean(message, limit=1000).split())}\n")


def trace(text: str) -> None:
    """Write several lines to standard error as they are, control characters shown."""
    sys.stderr.write("\n".join(clean(line, limit=2000) for line in text.splitlines()) + "\n")
