"""Findings for tests of reasoning: named, fired or clear, with the groups and false-alarm rates of the detectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forensics.causes.cause import Cause
from forensics.causes.library import load
from forensics.detectors.registry import detectors
from forensics.model.diagnosis import CauseVerdict
from forensics.model.finding import Finding, Number, Status
from forensics.reasoning import Judgement, reason

METAS = {detector.meta.name: detector.meta for detector in detectors()}
CAUSES = {cause.id: cause for cause in load()}


def finding(
    name: str,
    status: Status = Status.FIRED,
    *,
    leak: float | None = None,
    group: str | None = None,
    values: dict[str, Number] | None = None,
    onset: int | None = None,
) -> Finding:
    """One finding. Group and leak are the detector's unless given; a name no detector has needs neither."""
    meta = METAS.get(name)
    return Finding(
        code=meta.code if meta else "XXX000",
        name=name,
        title=name,
        status=status,
        statement=f"{name} is {status}.",
        group=group or (meta.group if meta else name),
        leak=leak if leak is not None else (meta.false_alarm_rate if meta else 0.02),
        values=values or {},
        onset=onset,
        missing=["the series"] if status is Status.NOT_APPLICABLE else [],
        how_to_log="log it" if status is Status.NOT_APPLICABLE else "",
    )


def run(fired: Iterable[str] = (), clear: Iterable[str] = (), *, rest: Status = Status.NOT_APPLICABLE) -> list[Finding]:
    """Findings of a whole run: what fired, what is clear, all others `rest` (those of the source: not applicable)."""
    fired, clear = set(fired), set(clear)
    without_source = {
        name: Status.NOT_APPLICABLE if meta.code.startswith("SRC") else rest for name, meta in METAS.items()
    }
    names = {**without_source, **dict.fromkeys(clear, Status.CLEAR), **dict.fromkeys(fired, Status.FIRED)}
    return [finding(name, status) for name, status in names.items()]


def judge(findings: Sequence[Finding], tier: str = "T1") -> Judgement:
    """Reason over all causes."""
    return reason(findings, load(), tier)


def on(judgement: Judgement, name: str) -> CauseVerdict:
    """What was thought of one cause."""
    return next(item for item in judgement.causes if item.id == name)


def signs(cause: Cause, seen: frozenset[str] = frozenset()) -> set[str]:
    """What a run with this cause shows: what it and its usual consequences predict with at least 0.5."""
    found = {item.finding for item in cause.predicts if item.p >= 0.5}
    for edge in cause.leads_to:
        if edge.probability >= 0.5 and edge.cause not in seen:
            found |= signs(CAUSES[edge.cause], seen | {cause.id})
    return found
