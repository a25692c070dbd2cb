"""manifest.json: what the run says of itself, replaced as a whole whenever it changes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forensics.recorder.atomic import replace
from forensics.recorder.numbers import shown
from forensics.recorder.rundir import MANIFEST

SCHEMA = 1


class ManifestFile:
    """The manifest of one run directory."""

    def __init__(self, folder: Path, fields: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Start a session; `before` is the manifest of the sessions before it. Raises OSError."""
        self._path = folder / MANIFEST
        self._lock = threading.Lock()
        self._document: dict[str, Any] = {"schema": SCHEMA, "status": "running", "start": time.time(), "end": None}
        self._document |= fields
        self._document["metrics"] = dict(before.get("metrics") or {})
        if before:
            session = {key: before.get(key) for key in ("run_id", "status", "start", "end", "last")}
            self._document["earlier_sessions"] = [*(before.get("earlier_sessions") or []), session]
        self.write()

    def declare(self, metrics: Mapping[str, Mapping[str, str]], clipping_failed_above: Mapping[str, float]) -> None:
        """Add meanings of tags and alert thresholds, and write where there is anything new. Raises OSError."""
        known = self._document["metrics"].keys()
        alerts = {"clipping_failed_above": dict(clipping_failed_above)}
        if not metrics.keys() <= known or self._document.get("alerts") != alerts:
            self._document["metrics"] |= metrics
            self._document["alerts"] = alerts
            self.write()

    def end(self, status: str, last: Mapping[str, Any]) -> None:
        """Say how the run ended, and at which step. Raises OSError."""
        self._document |= {"status": status, "end": time.time(), "last": dict(last)}
        self.write()

    def write(self) -> None:
        """Replace the file. Raises OSError."""
        with self._lock:
            replace(self._path, json.dumps(shown(self._document), indent=1).encode("utf-8", "backslashreplace") + b"\n")
