"""How a comparison is put into words, the same in every view."""

from __future__ import annotations

import msgspec

from forensics.model.comparison import (
    Answer,
    CauseDifference,
    Change,
    Comparison,
    ConfigDifference,
    Difference,
    FileDifference,
    FindingDifference,
)
from forensics.model.diagnosis import Kind
from reports.redact import HIDDEN, hides, walk
from reports.words import likelihood, number

ANSWERS = {
    Answer.SAME_RUN: "This is the same run",
    Answer.NOT_COMPARABLE: "Not comparable",
    Answer.FIX_NOT_IN_RUN: "The supposed fix is not in the run",
    Answer.GONE: "What was wrong is gone",
    Answer.OTHER_FAULT: "Gone, but something else stands",
    Answer.PERSISTS: "Not fixed",
    Answer.UNCLEAR: "Cannot be told",
    Answer.REGRESSED: "New fault",
    Answer.NOTHING_WRONG: "Nothing was wrong",
}
GOOD = frozenset({Answer.GONE, Answer.NOTHING_WRONG})
BAD = frozenset({Answer.PERSISTS, Answer.REGRESSED, Answer.FIX_NOT_IN_RUN, Answer.OTHER_FAULT})

CAUSES = {
    Change.VANISHED: "no longer stands",
    Change.OUT_OF_SIGHT: "out of sight",
    Change.APPEARED: "stands now",
    Change.INTO_SIGHT: "stands now; the first run could not show it",
    Change.UNCHANGED: "still stands",
}
FINDINGS = {
    Change.APPEARED: "appeared",
    Change.VANISHED: "vanished",
    Change.INTO_SIGHT: "fires now; the first run could not show it",
    Change.OUT_OF_SIGHT: "fired; the other run cannot show it",
    Change.CHANGED: "fires in both, with other numbers",
    Change.UNCHANGED: "fires in both, unchanged",
}
FILES = {Change.APPEARED: "added", Change.VANISHED: "removed", Change.CHANGED: "changed"}


def redacted(comparison: Comparison) -> Comparison:
    """Return the comparison with home folders written as ~ and values that look like secrets left out."""
    plain = walk(msgspec.to_builtins(comparison))
    for difference in plain["differences"]:
        for row in difference["config"]:
            row |= {side: HIDDEN for side in ("before", "after") if hides(row["key"], row[side])}
    return msgspec.convert(plain, Comparison)


def setting(difference: ConfigDifference) -> str:
    """Return both values of a key."""
    before, after = (_value(value) for value in (difference.before, difference.after))
    return f"{before} -> {after}" + (f" ({difference.note})" if difference.note else "")


def file(difference: FileDifference) -> str:
    """Return what became of a source file."""
    counts = f" (+{difference.added} -{difference.removed})" if difference.added or difference.removed else ""
    return f"{FILES[difference.change]}{counts}"


def cause(difference: CauseDifference) -> str:
    """Return what became of a cause or outcome, with both likelihoods."""
    numbers = f"{likelihood(difference.likelihood_before)} -> {likelihood(difference.likelihood_after)}"
    return f"{CAUSES[difference.change]}: {numbers}"


def finding(difference: FindingDifference) -> str:
    """Return what a finding says now; where it changed, its numbers; where it vanished, what is seen instead."""
    if difference.change is Change.CHANGED:
        return "; ".join(f"{each.name} {number(each.before)} -> {number(each.after)}" for each in difference.values)
    return difference.statement_after or difference.statement_before


def outcomes(difference: Difference) -> list[CauseDifference]:
    """Return what happened to the runs."""
    return [each for each in difference.causes if each.kind is Kind.OUTCOME]


def causes(difference: Difference) -> list[CauseDifference]:
    """Return what brought it about, and the instruments that mislead."""
    return [each for each in difference.causes if each.kind is not Kind.OUTCOME]


def unknown_config(difference: Difference) -> str:
    """Return why no configuration is compared; empty where it is."""
    return "" if difference.config_known else "A configuration is not at hand of both runs: a change is not seen."


def _value(value: str | None) -> str:
    return "(absent)" if value is None else value or "(empty)"
