"""What a recorder left in a directory, read with nothing of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def log_lines(folder: Path) -> list[dict[str, Any]]:
    """Return every line of debug.jsonl and its older parts, in order."""
    parts = [*sorted(folder.glob("debug.jsonl.*")), folder / "debug.jsonl"]
    return [json.loads(line) for part in parts for line in part.read_bytes().splitlines()]


def events(folder: Path, event: str) -> list[dict[str, Any]]:
    """Return the lines of one event."""
    return [line for line in log_lines(folder) if line["event"] == event]


def column(folder: Path, tag: str) -> list[Any]:
    """Return the values of one tag in debug.jsonl."""
    event, _, key = tag.partition("/")
    return [line["payload"][key] for line in events(folder, event) if key in line["payload"]]


def manifest(folder: Path) -> dict[str, Any]:
    """Return manifest.json."""
    found = json.loads((folder / "manifest.json").read_bytes())
    assert isinstance(found, dict)
    return found
