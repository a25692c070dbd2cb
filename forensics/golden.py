"""A diagnosis as text that only moves when the diagnosis does: the golden copy beside an archived run."""

from __future__ import annotations

import difflib
import json
from typing import Any

from forensics.model.diagnosis import Diagnosis

SIGNIFICANT_DIGITS = 6
SHOWN_LINES = 60


def normalised(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as sorted JSON without version and path, numbers to six significant digits.

    The points of the figures are left out: they copy the run's data and would only make the diff unreadable.
    """
    document = diagnosis.to_builtins()
    document["run"].pop("path", None)
    document["tool"].pop("version", None)
    document["tool"].pop("weights_version", None)
    for finding in document["findings"]:
        for line in (finding.get("figure") or {}).get("lines", ()):
            for name in ("steps", "low", "high"):
                line.pop(name, None)
    return json.dumps(_rounded(document), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def difference(golden: str, found: str) -> list[str]:
    """Return the lines in which two normalised diagnoses differ, at most SHOWN_LINES of them; none if they agree."""
    lines = list(difflib.unified_diff(golden.splitlines(), found.splitlines(), "golden.json", "now", n=2, lineterm=""))
    if len(lines) > SHOWN_LINES:
        return [*lines[:SHOWN_LINES], f"... and {len(lines) - SHOWN_LINES} lines more"]
    return lines


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value
