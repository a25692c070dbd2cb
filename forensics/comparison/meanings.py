"""Whether one tag name means the same thing in two runs."""

from __future__ import annotations

from forensics.model.comparison import MeaningDifference
from forensics.model.diagnosis import Diagnosis, SignalSummary

_UNKNOWN = frozenset({"", "unknown"})


def signals(diagnosis: Diagnosis) -> dict[str, SignalSummary]:
    """Return each tag as the source with the most points has it."""
    found: dict[str, SignalSummary] = {}
    for signal in diagnosis.signals:
        if signal.tag not in found or signal.points > found[signal.tag].points:
            found[signal.tag] = signal
    return found


def meaning_differences(first: Diagnosis, second: Diagnosis) -> list[MeaningDifference]:
    """Return the fields that are read differently under one name, those that exclude each other first."""
    before, after = signals(first), signals(second)
    found = [
        difference
        for tag in before
        if tag in after
        for field in _fields(before[tag], after[tag])
        if (difference := _compared(tag, field, before[tag], after[tag])) is not None
    ]
    return sorted(found, key=lambda difference: not difference.certain)


def _fields(*sides: SignalSummary) -> list[str]:
    named = (name for side in sides for part in (side.established, side.contested, side.claimed) for name in part)
    return list(dict.fromkeys(named))


def _compared(tag: str, field: str, first: SignalSummary, second: SignalSummary) -> MeaningDifference | None:
    (before, words_before), (after, words_after) = _reading(first, field), _reading(second, field)
    if before == after or not before or not after:
        return None
    return MeaningDifference(
        tag=tag, field=field, before=words_before, after=words_after, certain=before.isdisjoint(after)
    )


def _reading(signal: SignalSummary, field: str) -> tuple[frozenset[str], str]:
    """Return what the field can be, none where nothing is known, and the same in words."""
    if field in signal.established:
        options, standing = [signal.established[field]], "established"
    elif field in signal.contested:
        options, standing = signal.contested[field], "contested"
    else:
        options, standing = [signal.claimed.get(field, "")], "claimed"
    known = frozenset(options) - _UNKNOWN
    return known, f"{' or '.join(options)} ({standing})" if known else "unknown"
