"""Marks a claim: asks every signal and setting that may be meant, and decides only where they agree."""

from __future__ import annotations

from collections.abc import Iterable

from forensics.claims import run_check, series_check
from forensics.claims.claim import (
    AlertLimit,
    Alerts,
    Between,
    Checked,
    Claim,
    Elsewhere,
    Mark,
    NonFinite,
    Points,
    Relation,
    Stage,
    StageLogged,
    Subject,
    Total,
    Travel,
    Trend,
    Value,
    Word,
)
from forensics.claims.outcome import Outcome, supported, undecided
from forensics.claims.told import told
from forensics.model.finding import Finding, Status
from forensics.safety.text import clean
from forensics.signals.signals import Signal, Signals

NAMED = 4  # of the series that may be meant, so many are named
_FAMILIES: dict[type, tuple[str, ...]] = {
    Stage: ("CLP",),
    StageLogged: ("CLP",),
    Alerts: ("LOG102", "LOG103"),
    Value: ("GRD101", "GRD102", "GRD103", "LOS", "VAL104"),
    Trend: ("LOS", "EPS", "VAL", "GRD"),
    Travel: ("LOS", "EPS", "VAL", "GRD"),
    Total: ("LOG101", "RUN"),
}


def check(claim: Claim, signals: Signals, findings: list[Finding]) -> Checked:
    """Return the claim with its mark, its evidence and the findings that say the same."""
    outcome = _outcome(claim, signals)
    tags = {ref.tag for ref in outcome.evidence if ref.tag}
    return Checked(
        line=claim.line,
        quote=claim.quote,
        claim=clean(told(claim), 300),
        mark=outcome.mark,
        statement=clean(outcome.statement, 1000),
        evidence=list(outcome.evidence),
        findings=_cited(claim, tags, findings) if outcome.mark is not Mark.NOT_CHECKABLE else [],
    )


def _cited(claim: Claim, tags: set[str], findings: Iterable[Finding]) -> list[str]:
    families = _FAMILIES.get(type(claim.says), ())
    return [
        finding.code
        for finding in findings
        if finding.status is Status.FIRED
        and finding.code.startswith(families)
        and any(ref.tag in tags for ref in finding.evidence)
    ][:3]


def _outcome(claim: Claim, signals: Signals) -> Outcome:
    match claim.says:
        case Elsewhere(reason):
            return undecided(reason)
        case Alerts() as says:
            return run_check.check_alerts(says, signals, claim.subject.signals if claim.subject else ())
        case AlertLimit() as says:
            return run_check.check_alert_limit(says, signals)
        case StageLogged() as says:
            return run_check.check_stage_logged(says, signals)
        case Total() as says:
            return run_check.check_total(says, signals)
    if claim.subject is None:
        return undecided("the document does not say of what")
    return _of_subject(claim, claim.subject, signals)


def _of_subject(claim: Claim, subject: Subject, signals: Signals) -> Outcome:
    outcomes = [_of_signal(claim, signal, signals) for signal in subject.signals]
    by_series = _agreed(outcomes, subject) if outcomes else None
    stated = _stated(claim, subject, signals)
    if by_series is not None and stated is not None:
        if by_series.mark is stated.mark:
            return by_series
        if stated.mark is Mark.SUPPORTED and by_series.mark is Mark.NOT_CHECKABLE:
            return stated
        return undecided(f"{stated.statement}, but {by_series.statement}", *stated.evidence, *by_series.evidence)
    found = by_series or stated
    if found is not None:
        return found
    return undecided(f"no series and no file of the run is certain to be meant by {subject.said!r}")


def _agreed(outcomes: list[Outcome], subject: Subject) -> Outcome:
    """Return what all that may be meant say; a contradiction needs to know which is meant."""
    marks = {outcome.mark for outcome in outcomes}
    if len(marks) == 1 and (subject.certain or subject.universal or marks == {Mark.SUPPORTED}):
        return outcomes[0]
    if subject.certain and len(outcomes) == 1:
        return outcomes[0]
    tags = ", ".join(dict.fromkeys(signal.tag for signal in subject.signals[: NAMED + 1]))
    return undecided(
        f"which series is meant is not certain: {tags}{' and others' if len(subject.signals) > NAMED else ''}"
    )


def _of_signal(claim: Claim, signal: Signal, signals: Signals) -> Outcome:
    match claim.says:
        case Value() as says:
            return series_check.check_value(says, signal, signals)
        case Between() as says:
            return series_check.check_between(says, signal)
        case Travel() as says:
            return series_check.check_travel(says, signal)
        case Trend() as says:
            return series_check.check_trend(says, signal)
        case Points() as says:
            return series_check.check_points(says, signal)
        case NonFinite() as says:
            return series_check.check_non_finite(says, signal)
        case Stage() as says:
            return run_check.check_stage(says, signal)
    return undecided("a series does not say that")


def _stated(claim: Claim, subject: Subject, signals: Signals) -> Outcome | None:
    """Hold a plain value against the configuration, or else against what was established of the whole run."""
    says = claim.says
    if isinstance(says, Word) and subject.settings:
        same = {str(row.value).lower() for row in subject.settings} == {says.word}
        told_ = "; ".join(f"{row.key} = {row.value} in {row.file}" for row in subject.settings[:2])
        return supported(told_) if same else undecided(told_)
    if not isinstance(says, Value) or says.relation is not Relation.EQUAL or says.negated or says.reached:
        return None
    if says.stat is not None or says.step is not None or says.points is not None:
        return None
    if subject.settings:
        return run_check.check_setting(says.number, subject.settings)
    names = [
        name for name in signals.facts if subject.fact and (name == subject.fact or name.startswith(f"{subject.fact}."))
    ]
    return run_check.check_fact(says.number, signals.facts[names[0]]) if len(names) == 1 else None
