"""The directory of a run: made new, or taken up again after an end that may have been sudden."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forensics.errors import UsageError
from forensics.recorder.journal import LOG
from forensics.recorder.parts import mend_events, mend_lines

MANIFEST = "manifest.json"
TEXT_LOG = "train.log"
EPISODES = "episodes.jsonl"


def new_run_directory(parent: Path | str, name: str) -> Path:
    """Make and return `parent/<utc>-<name>-<8 hex>`. Raises OSError."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "run"
    folder = Path(parent) / f"{stamp}-{plain}-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    return folder


def earlier(folder: Path) -> dict[str, Any]:
    """Return the manifest that stands in `folder`; empty where there is none or it cannot be read."""
    try:
        document = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def must_be_free(folder: Path) -> None:
    """Raise UsageError where `folder` holds a run already."""
    if any((folder / name).exists() for name in (MANIFEST, LOG)):
        raise UsageError(
            f"{folder} holds a run already; give the recorder a new directory (new_run_directory), or resume that run "
            "with resume=state_dict"
        )


def mend(folder: Path) -> list[str]:
    """Cut half records off the ends of the files that an earlier writer left; say what went, a sentence each."""
    said = [_mended(folder / name, mend_lines) for name in (LOG, EPISODES, TEXT_LOG)]
    newest = max(folder.glob("events.out.tfevents.*"), default=None)
    if newest is not None:
        said.append(_mended(newest, mend_events))
    return [sentence for sentence in said if sentence]


def _mended(path: Path, cut: Callable[[Path], int]) -> str:
    try:
        lost = cut(path) if path.exists() else 0
    except OSError as failure:
        return f"{path.name} could not be mended: {failure.strerror}"
    return f"{path.name}: {lost} bytes of a half record cut off" if lost else ""
