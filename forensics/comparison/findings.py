"""The observations of two runs, one by one."""

from __future__ import annotations

from forensics.model.comparison import Change, FindingDifference, ValueDifference
from forensics.model.diagnosis import Diagnosis
from forensics.model.finding import Finding, Number, Status

_SEEN = (Status.FIRED, Status.CLEAR)
_ORDER = (
    Change.APPEARED, Change.VANISHED, Change.INTO_SIGHT, Change.OUT_OF_SIGHT, Change.CHANGED, Change.UNCHANGED,
)  # fmt: skip


def finding_differences(first: Diagnosis, second: Diagnosis) -> list[FindingDifference]:
    """Return every observation that fired in at least one of the runs: what is new first, what is the same last."""
    before = {finding.code: finding for finding in first.findings}
    after = {finding.code: finding for finding in second.findings}
    found = [
        _compared(before.get(code), after.get(code))
        for code in sorted({*before, *after})
        if Status.FIRED in (_status(before.get(code)), _status(after.get(code)))
    ]
    return sorted(found, key=lambda difference: _ORDER.index(difference.change))


def _compared(before: Finding | None, after: Finding | None) -> FindingDifference:
    known = after or before
    assert known is not None
    values = _values(before, after)
    return FindingDifference(
        code=known.code,
        name=known.name,
        title=known.title,
        change=_change(_status(before), _status(after), bool(values)),
        before=_status(before),
        after=_status(after),
        statement_before=before.statement if before else "",
        statement_after=after.statement if after else "",
        values=values,
    )


def _change(before: Status | None, after: Status | None, moved: bool) -> Change:
    if before is Status.FIRED is after:
        return Change.CHANGED if moved else Change.UNCHANGED
    if after is Status.FIRED:
        return Change.APPEARED if before in _SEEN else Change.INTO_SIGHT
    return Change.VANISHED if after in _SEEN else Change.OUT_OF_SIGHT


def _status(finding: Finding | None) -> Status | None:
    return finding.status if finding else None


def _values(before: Finding | None, after: Finding | None) -> list[ValueDifference]:
    """Return the values that differ once they are written with three significant digits."""
    if before is None or after is None:
        return []
    names = [name for name in before.values if name in after.values]
    return [
        ValueDifference(name=name, before=before.values[name], after=after.values[name])
        for name in names
        if _short(before.values[name]) != _short(after.values[name])
    ]


def _short(value: Number) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.3g}" if is_number else str(value)
