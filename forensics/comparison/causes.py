"""What stood, what stands, and whether the evidence of the second run can show the difference."""

from __future__ import annotations

from forensics.comparison.standing import STANDS, evidence, standing
from forensics.model.comparison import CauseDifference, Change
from forensics.model.diagnosis import CauseRole, CauseVerdict, Diagnosis, Kind
from forensics.model.finding import Finding, Status

# Share of the weight behind a cause that has to be looked for again, in vain, before the cause counts as gone.
CLEARED = 0.5

_ORDER = (Change.VANISHED, Change.OUT_OF_SIGHT, Change.APPEARED, Change.INTO_SIGHT, Change.UNCHANGED)
_LISTED = 5


def cause_differences(first: Diagnosis, second: Diagnosis) -> list[CauseDifference]:
    """Return every cause and outcome that stands in at least one of the runs, those that stood and do not first."""
    before, after = standing(first), standing(second)
    found = [
        _compared(name, title, first, second, name in before, name in after)
        for name, title in {**before, **after}.items()
    ]
    return sorted(found, key=lambda each: (_ORDER.index(each.change), each.kind is Kind.MEASUREMENT))


def _compared(name: str, title: str, first: Diagnosis, second: Diagnosis, stood: bool, stands: bool) -> CauseDifference:
    if stood and stands:
        change, reason = Change.UNCHANGED, ""
    elif stood:
        shown, reason = is_gone(name, first, second)
        change = Change.VANISHED if shown else Change.OUT_OF_SIGHT
    else:
        shown, reason = is_gone(name, second, first)
        change = Change.APPEARED if shown else Change.INTO_SIGHT
    before, after = _verdict(name, first), _verdict(name, second)
    known = after or before
    return CauseDifference(
        id=name,
        title=title,
        kind=known.kind if known else Kind.OUTCOME,
        change=change,
        likelihood_before=_likelihood(name, first),
        likelihood_after=_likelihood(name, second),
        role_before=before.role if before else None,
        role_after=after.role if after else None,
        reason=reason,
    )


def is_gone(name: str, where: Diagnosis, elsewhere: Diagnosis) -> tuple[bool, str]:
    """Whether `elsewhere` shows that a cause that stands in `where` is not there, and by what.

    A finding counts as clear only if its evidence is there and reaches past the step at which it set in. The cause
    is gone if findings of CLEARED or more of the weight behind it are clear, or if it is ruled out and none is out of
    sight.
    """
    behind = evidence(where, name)
    found = {finding.code: finding for finding in elsewhere.findings}
    clear = [(item, weight) for item, weight in behind if _is_clear(item, found.get(item.code), elsewhere)]
    unseen = [item for item, _ in behind if _is_unseen(item, found.get(item.code), elsewhere)]
    verdict = _verdict(name, elsewhere)
    total = sum(weight for _, weight in behind)
    excluded = verdict is not None and verdict.role is CauseRole.RULED_OUT and not unseen
    if total and sum(weight for _, weight in clear) >= CLEARED * total:
        return True, f"looked for and not there: {_named([item for item, _ in clear])}"
    if excluded and verdict is not None:
        return True, verdict.reason
    if unseen:
        return False, "; ".join(_unseen(item, found.get(item.code), elsewhere) for item in unseen[:_LISTED])
    still = [item for item, _ in behind if item.code in found and found[item.code].status is Status.FIRED]
    if still:
        return False, f"still seen: {_named(still)}, now better explained otherwise or outweighed"
    return False, "no finding speaks for it that could be looked for again"


def _is_clear(here: Finding, there: Finding | None, elsewhere: Diagnosis) -> bool:
    return there is not None and there.status is Status.CLEAR and not _too_early(here, elsewhere)


def _is_unseen(here: Finding, there: Finding | None, elsewhere: Diagnosis) -> bool:
    if there is None or there.status is not Status.CLEAR:
        return there is None or there.status is not Status.FIRED
    return _too_early(here, elsewhere)


def _too_early(here: Finding, elsewhere: Diagnosis) -> bool:
    last = elsewhere.run.steps.last
    return here.onset is not None and last is not None and last < here.onset


def _unseen(here: Finding, there: Finding | None, elsewhere: Diagnosis) -> str:
    if there is not None and there.status is Status.CLEAR:
        return f"{here.code} set in at step {here.onset:,}, and this run ends at step {elsewhere.run.steps.last:,}"
    if there is not None and there.missing:
        return f"{here.code} could not be looked for, for want of {', '.join(there.missing)}"
    return f"{here.code} is {there.status if there else 'not known to the other analysis'}"


def _verdict(name: str, diagnosis: Diagnosis) -> CauseVerdict | None:
    return next((cause for cause in diagnosis.causes if cause.id == name), None)


def _likelihood(name: str, diagnosis: Diagnosis) -> float | None:
    found = [item.likelihood for item in diagnosis.outcomes if item.id == name and item.likelihood >= STANDS]
    cause = _verdict(name, diagnosis)
    return cause.likelihood if cause else next(iter(found), None)


def _named(findings: list[Finding]) -> str:
    names = ", ".join(f"{finding.code} {finding.name}" for finding in findings[:_LISTED])
    return names + (f" and {len(findings) - _LISTED} more" if len(findings) > _LISTED else "")
