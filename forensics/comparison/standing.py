"""What stands in a diagnosis, and by which evidence."""

from __future__ import annotations

from forensics.model.diagnosis import CauseRole, CauseVerdict, Diagnosis, Kind
from forensics.model.finding import Finding, Status

STANDS = 0.5  # a cause stands where it is more likely than not (DESIGN: verdict contract)

_CLOSED = (CauseRole.RULED_OUT, CauseRole.NOT_EXAMINED)
_BLAMED = (Kind.MECHANISM, Kind.INFRASTRUCTURE)


def stands(cause: CauseVerdict) -> bool:
    """Whether a cause is more likely than not and neither ruled out nor out of sight."""
    return cause.likelihood >= STANDS and cause.role not in _CLOSED


def standing(diagnosis: Diagnosis, *kinds: Kind) -> dict[str, str]:
    """Return the titles of what stands, by id: causes of these kinds (all if none is named), and outcomes."""
    causes = [cause for cause in diagnosis.causes if stands(cause) and (not kinds or cause.kind in kinds)]
    found = {cause.id: cause.title for cause in causes}
    if not kinds or Kind.OUTCOME in kinds:
        found |= {item.id: item.title for item in diagnosis.outcomes if item.likelihood >= STANDS}
    return found


def wrong(diagnosis: Diagnosis) -> dict[str, str]:
    """Return the titles of what a fix would have to remove, by id.

    The verdict's cause, or those it cannot tell apart; else the mechanisms that stand, else what happened, else the
    instruments that mislead.
    """
    titles = {cause.id: cause.title for cause in diagnosis.causes}
    named = [diagnosis.verdict.cause] if diagnosis.verdict.cause else list(diagnosis.verdict.indistinguishable)
    if named:
        return {name: titles.get(name, name) for name in named}
    return standing(diagnosis, *_BLAMED) or standing(diagnosis, Kind.OUTCOME) or standing(diagnosis, Kind.MEASUREMENT)


def evidence(diagnosis: Diagnosis, name: str) -> list[tuple[Finding, float]]:
    """Return the findings that fired and speak for a cause or outcome, each with its weight, the heaviest first."""
    known = {key: item for item in diagnosis.findings for key in (item.code, item.name)}
    weights = [weight for cause in diagnosis.causes if cause.id == name for weight in cause.supports]
    found = [(known[weight.finding], abs(weight.weight)) for weight in weights if weight.finding in known]
    fired = [(finding, weight) for finding, weight in found if finding.status is Status.FIRED]
    return sorted(fired, key=lambda pair: (-pair[1], pair[0].code))
