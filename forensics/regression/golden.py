"""A diagnosis as text that only moves when the diagnosis does: the golden copy beside an archived run."""

from __future__ import annotations

import difflib
import json
from typing import Any

from forensics.model.diagnosis import Diagnosis

SIGNIFICANT_DIGITS = 6
SHOWN_LINES = 60
STATIC = {
    "run": ("path",),
    "tool": ("version", "weights_version"),
    "causes": ("title", "summary", "decisive_test", "answers", "likelihood_words"),
    "findings": ("title", "threshold", "group", "leak", "cost", "missing", "how_to_log", "figure"),
}


def normalised(diagnosis: Diagnosis) -> str:
    """Return what the diagnosis says of this run as sorted JSON, numbers to six significant digits.

    Left out is what does not depend on the run (versions, the texts of causes and detectors) and what merely copies
    its data (the points of figures): neither is a diagnosis that moved.
    """
    document = diagnosis.to_builtins()
    for part, names in STATIC.items():
        for item in document[part] if isinstance(document[part], list) else [document[part]]:
            for name in names:
                item.pop(name, None)
    for cause in document["causes"]:
        for weight in (*cause["supports"], *cause["contradicts"]):
            weight.pop("statement", None)
    document["coverage"].pop("advice", None)
    document["coverage"]["not_examined"] = [each["name"] for each in document["coverage"]["not_examined"]]
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
