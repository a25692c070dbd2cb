"""What an archived run's expected.toml asks of a diagnosis, and where a diagnosis falls short of it."""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.errors import UsageError
from forensics.model.diagnosis import CauseRole, CauseVerdict, Diagnosis, Kind
from forensics.model.finding import Status
from forensics.settings import nearest

NOT_CLAIMED = (CauseRole.RULED_OUT, CauseRole.NOT_EXAMINED)


class Tolerances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The likelihoods at which a cause is present, stands and is absent, and how far steps_last may be off."""

    present: float = 0.8
    stands: float = 0.5
    absent: float = 0.2
    steps_last: int = 0


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """The truth about one run. A key that is not given asks for nothing.

    cause            verdict.cause is one of these; "none" stands for null
    status           verdict.status is one of these
    present          each is an outcome, or a cause that is not ruled out, of likelihood `tolerances.present` or more
    present_any      of each group at least one stands at `tolerances.stands` or more
    outcome_any      at least one of these is an outcome
    absent           none is claimed: not listed, ruled out, or of likelihood `tolerances.absent` or less
    must_not_claim   the same, for claims that a person made and that proved wrong
    established      per tag, fields of its meaning that are established with this value
    not_established  per tag, fields that are not established with this value
    fires, clear     findings, by name or code, of this status
    healthy          true: no mechanism and no outcome stands at `tolerances.stands` or more
    steps_last       run.steps.last
    """

    cause: list[str] | None = None
    status: list[str] | None = None
    present: list[str] = []
    present_any: list[list[str]] = []
    outcome_any: list[str] = []
    absent: list[str] = []
    must_not_claim: list[str] = []
    established: dict[str, dict[str, str]] = {}
    not_established: dict[str, dict[str, str]] = {}
    fires: list[str] = []
    clear: list[str] = []
    healthy: bool = False
    steps_last: int | None = None
    tolerances: Tolerances = Tolerances()


def read(document: dict[str, Any], where: str) -> Expected:
    """Return the expectations in a parsed expected.toml. A null cause (JSON has it) is "none".

    Raises UsageError on an unknown key or a value of the wrong type.
    """
    for key in document:
        if key not in Expected.__struct_fields__:
            raise UsageError(f"{where}: unknown key {key!r}{nearest(key, Expected.__struct_fields__)}")
    if isinstance(document.get("cause"), list):
        document = {**document, "cause": ["none" if cause is None else cause for cause in document["cause"]]}
    try:
        return msgspec.convert(document, Expected)
    except msgspec.ValidationError as failure:
        raise UsageError(f"{where}: {failure}") from failure


def mismatches(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    """Return one line for each expectation that the diagnosis does not meet; none if all hold."""
    return [
        *_verdict(diagnosis, expected),
        *_present(diagnosis, expected),
        *_absent(diagnosis, expected),
        *_healthy(diagnosis, expected),
        *_meanings(diagnosis, expected),
        *_findings(diagnosis, expected),
        *_steps(diagnosis, expected),
    ]


def likelihoods(diagnosis: Diagnosis) -> dict[str, float]:
    """Return what the diagnosis claims: the likelihood of each outcome and each cause that is not ruled out."""
    claimed = {cause.id: cause.likelihood for cause in diagnosis.causes if cause.role not in NOT_CLAIMED}
    for outcome in diagnosis.outcomes:
        claimed[outcome.id] = max(outcome.likelihood, claimed.get(outcome.id, 0.0))
    return claimed


def _verdict(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    verdict = diagnosis.verdict
    found = verdict.cause or "none"
    lines = []
    if expected.cause is not None and found not in expected.cause:
        # The strongest claims say at a glance whether the cause was missed or outweighed.
        claims = sorted(likelihoods(diagnosis).items(), key=lambda claim: -claim[1])[:3]
        strongest = ", ".join(f"{name} {likelihood:.3f}" for name, likelihood in claims) or "nothing"
        lines.append(f"cause: expected {_one_of(expected.cause)}, found {found} ({verdict.status}; {strongest})")
    if expected.status is not None and verdict.status not in expected.status:
        lines.append(f"status: expected {_one_of(expected.status)}, found {verdict.status}")
    return lines


def _present(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    claimed, limits = likelihoods(diagnosis), expected.tolerances
    outcomes = {outcome.id for outcome in diagnosis.outcomes}
    lines = [
        f"present: {name} {_stand(diagnosis, name)}, expected at {limits.present:g} or more"
        for name in expected.present
        if claimed.get(name, 0.0) < limits.present
    ]
    for group in expected.present_any:
        if all(claimed.get(name, 0.0) < limits.stands for name in group):
            each = "; ".join(f"{name} {_stand(diagnosis, name)}" for name in group)
            lines.append(f"present_any: none stands at {limits.stands:g} or more: {each}")
    if expected.outcome_any and outcomes.isdisjoint(expected.outcome_any):
        found = ", ".join(sorted(outcomes)) or "none"
        lines.append(f"outcome_any: expected {_one_of(expected.outcome_any)}, found {found}")
    return lines


def _absent(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    claimed, limit = likelihoods(diagnosis), expected.tolerances.absent
    return [
        f"{key}: {name} {_stand(diagnosis, name)}, expected at {limit:g} or less"
        for key, names in (("absent", expected.absent), ("must_not_claim", expected.must_not_claim))
        for name in names
        if claimed.get(name, 0.0) > limit
    ]


def _healthy(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    if not expected.healthy:
        return []
    kinds = {cause.id: cause.kind for cause in diagnosis.causes}
    claimed = {
        name: likelihood
        for name, likelihood in likelihoods(diagnosis).items()
        if kinds.get(name, Kind.OUTCOME) in (Kind.MECHANISM, Kind.OUTCOME)
    }
    return [
        f"healthy: {name} {_stand(diagnosis, name)}, expected below {expected.tolerances.stands:g}"
        for name, likelihood in claimed.items()
        if likelihood >= expected.tolerances.stands
    ]


def _meanings(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    lines = []
    for tag, fields in expected.established.items():
        for field, value in fields.items():
            found = _established(diagnosis, tag, field)
            if found != {value}:
                lines.append(f"established: {tag} {field}: expected {value}, found {_either(found)}")
    for tag, fields in expected.not_established.items():
        for field, value in fields.items():
            if value in _established(diagnosis, tag, field):
                lines.append(f"not_established: {tag} {field} is established as {value}")
    return lines


def _findings(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    known = {key: finding for finding in diagnosis.findings for key in (finding.name, finding.code)}
    lines = []
    for key, names, status in (("fires", expected.fires, Status.FIRED), ("clear", expected.clear, Status.CLEAR)):
        for name in names:
            if name not in known:
                lines.append(f"{key}: there is no detector {name}{nearest(name, tuple(sorted(known)))}")
            elif known[name].status is not status:
                lines.append(f"{key}: {name} is {known[name].status}: {known[name].statement}")
    return lines


def _steps(diagnosis: Diagnosis, expected: Expected) -> list[str]:
    last = diagnosis.run.steps.last
    if expected.steps_last is None:
        return []
    if last is not None and abs(last - expected.steps_last) <= expected.tolerances.steps_last:
        return []
    return [f"steps_last: expected {expected.steps_last}, found {'none' if last is None else last}"]


def _established(diagnosis: Diagnosis, tag: str, field: str) -> set[str]:
    """Every value established for this field, over all sources that carry the tag."""
    return {
        signal.established[field] for signal in diagnosis.signals if signal.tag == tag and field in signal.established
    }


def _stand(diagnosis: Diagnosis, name: str) -> str:
    for outcome in diagnosis.outcomes:
        if outcome.id == name:
            return f"is an outcome at {outcome.likelihood:.3f}"
    return next((_role(cause) for cause in diagnosis.causes if cause.id == name), "is not listed")


def _role(cause: CauseVerdict) -> str:
    return f"is {cause.role} at {cause.likelihood:.3f}"


def _one_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def _either(found: set[str]) -> str:
    return " and ".join(sorted(found)) or "nothing established"
