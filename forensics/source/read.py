"""A source tree to a report, in a child process with limits: the source is untrusted."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

import forensics
from forensics.errors import NoEvidenceError
from forensics.model.source import SourceReport, Unread
from forensics.source.limits import LIMITS, Limits
from forensics.source.load import load
from forensics.source.run_settings import Setting

_START = "import sys; sys.path[:0] = sys.argv[1:2]; from forensics.source.child import main; main()"
GRACE_SECONDS = 30


class Order(msgspec.Struct, frozen=True):
    """What the child is asked to do."""

    files: dict[str, str]
    settings: dict[str, Setting]
    memory_bytes: int
    cpu_seconds: int


def read(
    path: Path | str, limits: Limits = LIMITS, settings: Mapping[str, Setting] | None = None, commit: str = ""
) -> SourceReport:
    """Return the facts of a folder, a file, a source.tar.gz, or a commit of the git repository at `path`.

    With the settings of a run they are those of that run.

    Nothing of it is imported, run or written. Raises UsageError where there is no such path or commit,
    NoEvidenceError where it holds no Python source, or where the child process died of it.
    """
    path = Path(path)
    texts, left_out = load(path, limits, commit)
    report = _in_child(path, texts, limits, settings or {})
    return msgspec.structs.replace(
        report, root=f"{path} at {commit}" if commit else str(path), unread=(*left_out, *report.unread)
    )


def _in_child(path: Path, texts: dict[str, str], limits: Limits, settings: Mapping[str, Setting]) -> SourceReport:
    order = msgspec.msgpack.encode(Order(texts, dict(settings), limits.memory_bytes, limits.cpu_seconds))
    home = str(Path(forensics.__path__[0]).parent)
    with tempfile.TemporaryDirectory(prefix="forensics-source-") as empty:
        try:
            done = subprocess.run(  # noqa: S603  our own interpreter and module, nothing of the source
                [sys.executable, "-I", "-c", _START, home],
                input=order,
                capture_output=True,
                cwd=empty,
                env={},
                timeout=limits.cpu_seconds * 4 + GRACE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            seconds = f"{limits.cpu_seconds * 4 + GRACE_SECONDS:,}"
            reason = f"not interpreted: not done after {seconds} s by the clock: try again on a machine with less load"
            return SourceReport(unread=(Unread(file=str(path), message=reason),))
    if done.returncode:
        reason = f"not interpreted: {_end(done.returncode, limits)}"
        if not texts:
            raise NoEvidenceError(f"{path}: {reason}")
        return SourceReport(files=0, unread=(Unread(file=str(path), message=reason),))
    return msgspec.msgpack.decode(done.stdout, type=SourceReport)


def _end(code: int, limits: Limits) -> str:
    """Say how the child process ended. Processor time counts, so that a loaded machine ends nothing early."""
    if code == -getattr(signal, "SIGXCPU", 0):
        return f"it took more than {limits.cpu_seconds} s of processor time"
    if code == -getattr(signal, "SIGKILL", 0):
        return "the system ended the child process, for want of memory or at its limits: try again with less load"
    return f"the child process ended with {code}"
