"""A diagnosis against an earlier one of the same run: what became of the verdict, and why."""

from __future__ import annotations

import msgspec

from forensics.model.diagnosis import Verdict
from forensics.model.finding import Status


class MovedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that weighs otherwise than before for or against a cause.

    Weights are signed, in nats; None where the finding bore on the cause in only one of the diagnoses.
    """

    code: str
    name: str
    before: Status | None
    after: Status | None
    weight_before: float | None
    weight_after: float | None
    statement: str


class MovedCause(msgspec.Struct, frozen=True, kw_only=True):
    """A cause that one of the verdicts rests on, and the findings that moved it, the one that moved it most first."""

    id: str
    title: str
    likelihood_before: float | None
    likelihood_after: float | None
    findings: list[MovedFinding]


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """The earlier verdict, the present one, and what lies between them.

    `evidence` names files that are new, gone or changed; `tool` what differs in version, parameters and settings.
    `other_run` is the name of the run that the earlier diagnosis is of, where it is another one.
    """

    before: Verdict
    after: Verdict
    is_revised: bool
    causes: list[MovedCause]
    evidence: list[str]
    tool: list[str]
    other_run: str = ""
