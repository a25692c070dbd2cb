"""A number in the configuration was read as text.

Observes: string values that are numbers in scientific notation, such as "1e-3".

Why it matters: YAML 1.1 reads 1e-3 without a point as a string. A program that then multiplies, compares or formats
it fails late, falls back to a default, or repeats the string.

Evidence: a configuration file with types (YAML, JSON, TOML).

How it can be wrong: programs often convert the string themselves; hyperparameters that a logger stored as text are
strings by design and left out, as are identifiers that look like numbers (a commit 12e4567).

References: YAML 1.1, section on floats (a point is required); PyYAML issue 173.
"""

from __future__ import annotations

import re

from forensics.detectors.config.lookup import place
from forensics.detectors.meta import Meta
from forensics.model.evidence import ConfigFact
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="CFG103",
    name="config-odd-type",
    fired="A configured number is text",
    clear="Configured numbers are numbers",
    group="config-types",
    needs=("configuration file with types",),
    leak=(5, 100),
    leak_reason="Many programs convert such strings themselves and run as meant.",
    how_to_log="learning_rate: 1.0e-3  # with a point, YAML 1.1 reads a number",
)
THRESHOLDS = {
    "keys": Threshold(1, "keys", "YAML 1.1: a float needs a point; one such key is a string where a number was meant")
}
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d{1,2}")
IDENTIFIERS = ("hash", "commit", "sha", "id", "name", "version", "uuid", "host", "revision")


def detect(signals: Signals) -> Finding:
    """Look for numbers in scientific notation that are strings."""
    typed = [row for row in signals.run.config if row.origin not in ("hparams", "text", "cli")]
    if not typed:
        return META.not_applicable()
    odd = [row for row in typed if _is_odd(row)]
    values: dict[str, Number] = {"keys": len(odd)}
    if not odd:
        return META.pass_(f"No number among {len(typed)} configured values is text.", values=values)
    named = ", ".join(f'{row.key} = "{row.value}"' for row in odd[:5])
    return META.fire(
        f"{len(odd)} of {len(typed)} configured values are numbers read as text, against none: {named}.",
        values=values,
        evidence=[place(row) for row in odd],
    )


def _is_odd(row: ConfigFact) -> bool:
    last = re.split(r"[._]", row.key.lower())
    return (
        isinstance(row.value, str)
        and NUMBER.fullmatch(row.value.strip()) is not None
        and not any(word in IDENTIFIERS for word in last)
    )
