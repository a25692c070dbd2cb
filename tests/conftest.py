"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def archived_runs() -> Path:
    """The folder of other people's archived runs; they are not part of the project."""
    folder = Path(os.environ.get("ARCHIVED_RUNS", REPOSITORY.parent / "shared" / "archived-runs"))
    if not folder.is_dir():
        pytest.skip("the archived runs of other people are not on this machine (set ARCHIVED_RUNS)")
    return folder
