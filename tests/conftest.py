"""Shared fixtures."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

REPOSITORY = Path(__file__).resolve().parents[1]

# A shell lets what it starts in the background ignore interrupts, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def archived_runs() -> Path:
    """The folder of other people's archived runs; they are not part of the project."""
    folder = Path(os.environ.get("ARCHIVED_RUNS", REPOSITORY.parent / "shared" / "archived-runs"))
    if not folder.is_dir():
        pytest.skip("the archived runs of other people are not on this machine (set ARCHIVED_RUNS)")
    return folder
