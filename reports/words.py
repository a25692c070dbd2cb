"""Numbers, places and names as a person reads them."""

from __future__ import annotations

import math
import re

from forensics.model.diagnosis import CauseRole, RunSummary
from forensics.model.evidence import EvidenceRef

_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")  # two sentences

AXES = {
    "env_step": "environment step",
    "update": "gradient update",
    "episode": "episode",
    "epoch": "epoch",
    "wall": "wall time",
}

ROLES = {
    CauseRole.PROBABLE_CAUSE: ("◆", "probable cause"),
    CauseRole.CONTRIBUTING: ("▲", "contributing"),
    CauseRole.POSSIBLE: ("○", "possible"),
    CauseRole.CONSEQUENCE: ("▷", "consequence"),
    CauseRole.MEASUREMENT_FAULT: ("□", "measurement fault"),
    CauseRole.RULED_OUT: ("×", "ruled out"),
    CauseRole.NOT_EXAMINED: ("–", "not examined"),
}

# Intelligence Community Directive 203, table of expressions of likelihood.
LIKELIHOOD_BANDS = [
    ("almost no chance", "0.01 to 0.05"),
    ("very unlikely", "0.05 to 0.20"),
    ("unlikely", "0.20 to 0.45"),
    ("roughly even chance", "0.45 to 0.55"),
    ("likely", "0.55 to 0.80"),
    ("very likely", "0.80 to 0.95"),
    ("almost certain", "0.95 to 0.99"),
]

TIERS = {
    "T1": "scalars only",
    "T2": "scalars with log or config",
    "T3": "scalars, log or config, and source",
    "T4": "scalars, log or config, source and checkpoints",
}

# What kind of code the advice holds; of any other framework it is said by its own name.
CODE_FOR = {
    "stable-baselines3": "a Stable-Baselines3 callback",
    "cleanrl": "lines for a CleanRL script",
    "pytorch-lightning": "a Lightning callback",
    "pytorch": "plain PyTorch",
    "recorder": "calls of forensics.recorder",
}


def spans(lines: list[list[int]]) -> list[tuple[int, str]]:
    """Return the first line of each range of lines, and the range in words."""
    return [(first, f"{first}" if first == last else f"{first}–{last}") for first, last in lines]


def number(value: float | int | str | bool | None) -> str:
    """Return a number with four significant digits, thousands apart; words for the rest."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return _finite(value)


def _finite(value: float | int) -> str:
    if isinstance(value, int) and abs(value) < 10**12:
        return f"{value:,}"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        if abs(value) >= 1000 or float(value).is_integer():
            return f"{value:,.0f}"
        return f"{value:.4g}"
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def likelihood(value: float | None) -> str:
    """Return a likelihood with two decimals, or a dash where none was given."""
    return "–" if value is None else number(value) if not math.isfinite(value) else f"{value:.2f}"


def percent(value: float) -> int:
    """Return a share as whole percent between 0 and 100, for the length of a bar."""
    return round(min(max(value, 0.0), 1.0) * 100) if math.isfinite(value) else 0


def signed(value: float) -> str:
    """Return a weight with its sign and one decimal."""
    if not math.isfinite(value):
        return number(value)
    return f"{value:+.1f}"


def size(count: int) -> str:
    """Return a count of bytes with a unit (powers of 1000)."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{count:,} B" if unit == "B" else f"{amount:,.1f} {unit}"
        amount /= 1000
    raise AssertionError("unreachable")


def sentences(text: str) -> tuple[str, str]:
    """Return the first sentence of a text and what follows it."""
    first, *rest = _BETWEEN.split(text, maxsplit=1)
    return first, "".join(rest)


def axis(name: str) -> str:
    """Return what the steps of a figure count."""
    return AXES.get(name, "logged step")


def place(ref: EvidenceRef) -> str:
    """Return where a statement can be checked: tag and steps, file and line or byte, configuration key."""
    parts = []
    if ref.tag is not None:
        parts.append(ref.tag + _steps(ref))
    if ref.key is not None:
        parts.append(f"key {ref.key}")
    if ref.file is not None:
        where = f":{ref.line}" if ref.line is not None else ""
        where += f" at byte {ref.offset:,}" if ref.offset is not None else ""
        parts.append(ref.file + where)
    return ", ".join(parts)


def _steps(ref: EvidenceRef) -> str:
    if ref.first_step is None:
        return ""
    if ref.last_step is None or ref.last_step == ref.first_step:
        return f" at step {ref.first_step:,}"
    return f" steps {ref.first_step:,} to {ref.last_step:,}"


def progress(run: RunSummary) -> str:
    """Return how far the run came, against its plan where one is known."""
    if run.steps.last is None:
        return "steps unknown"
    done = f"{run.steps.last:,}"
    return f"{done} of {run.steps.planned:,} steps" if run.steps.planned is not None else f"{done} steps"
