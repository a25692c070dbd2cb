"""Builds diagnoses from the few words that a test is about."""

from __future__ import annotations

from typing import Any

from forensics.model.diagnosis import (
    SCHEMA_VERSION,
    Calibration,
    CauseRole,
    CauseVerdict,
    Coverage,
    Diagnosis,
    Kind,
    Outcome,
    Quality,
    RunSummary,
    SignalSummary,
    Steps,
    Tool,
    Verdict,
    VerdictStatus,
)
from forensics.model.finding import Finding, Status


def diagnosis(**changes: Any) -> Diagnosis:
    """A run in which nothing was found, changed in the fields that are given."""
    fields: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "run": RunSummary(name="run", path="run", steps=Steps(first=0, last=100)),
        "coverage": Coverage(tier="T1", present=["scalars"], examined=1, not_examined=[]),
        "verdict": verdict(None),
        "outcomes": [],
        "causes": [],
        "findings": [],
        "signals": [],
        "facts": [],
        "config": [],
        "recommendations": [],
        "read_issues": [],
        "timeline": [],
        "calibration": Calibration(method="hand-set", cap=0.95, fitted_on=0),
        "tool": Tool(version="0", settings={}, weights_version="0"),
    }
    return Diagnosis(**{**fields, **changes})


def verdict(cause: str | None, status: VerdictStatus | None = None) -> Verdict:
    chosen = status or (VerdictStatus.FAULT if cause else VerdictStatus.NO_FAULT_FOUND)
    return Verdict(status=chosen, cause=cause, statement="A statement.")


def cause(
    name: str, likelihood: float, role: CauseRole = CauseRole.PROBABLE_CAUSE, kind: Kind = Kind.MECHANISM
) -> CauseVerdict:
    return CauseVerdict(
        id=name,
        title=name,
        kind=kind,
        role=role,
        likelihood=likelihood,
        likelihood_words="",
        evidence_quality=Quality.LOW,
        harm=0.5,
        summary="",
    )


def outcome(name: str, likelihood: float) -> Outcome:
    return Outcome(id=name, title=name, likelihood=likelihood, statement="", evidence=[])


def finding(name: str, status: Status) -> Finding:
    return Finding(code="AAA101", name=name, title=name, status=status, statement="A sentence.", group="g", leak=0.01)


def signal(tag: str, **established: str) -> SignalSummary:
    return SignalSummary(
        tag=tag, source="tensorboard", points=3, claimed={}, established=established, contested={}, how=[]
    )
