"""Findings, causes and curves of which only what matters is given."""

from __future__ import annotations

from typing import Any

from forensics.model.diagnosis import CauseRole, CauseVerdict, Kind, Quality
from forensics.model.finding import Finding, Line, Status

STEPS = list(range(1100, 3800, 100))


def curve(label: str, values: list[float], steps: list[int] | None = None) -> Line:
    """A line whose columns hold one point each."""
    return Line(label=label, steps=steps or STEPS[: len(values)], low=values, high=values)


def finding(code: str, name: str, status: Status = Status.FIRED, **fields: Any) -> Finding:
    """A finding with everything that is not given made up."""
    plain: dict[str, Any] = {
        "code": code,
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "statement": f"What {name} saw.",
        "group": name,
        "leak": 0.02,
    }
    return Finding(**(plain | fields))


def cause(id: str, role: CauseRole, likelihood: float, **fields: Any) -> CauseVerdict:
    """A cause with everything that is not given made up."""
    plain: dict[str, Any] = {
        "id": id,
        "title": id.replace("-", " ").capitalize(),
        "kind": Kind.MECHANISM,
        "role": role,
        "likelihood": likelihood,
        "likelihood_words": "very likely" if likelihood > 0.8 else "likely" if likelihood > 0.55 else "unlikely",
        "evidence_quality": Quality.HIGH,
        "harm": 0.9,
        "summary": f"What {id} means.",
    }
    return CauseVerdict(**(plain | fields))
