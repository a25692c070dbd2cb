"""What must hold of each cause and of all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics.causes.cause import Cause, Counts
from forensics.model.diagnosis import Kind
from forensics.model.finding import Status

TIERS = ("T1", "T2", "T3", "T4")


def faults_of(causes: Sequence[Cause]) -> list[str]:
    """Return one line for each fault of the library, empty where there is none."""
    wrong = [line for cause in causes for line in _alone(cause)]
    wrong += _together(causes)
    return wrong


def cycle(causes: Sequence[Cause]) -> list[str]:
    """Return the ids along one cycle of `leads_to`, empty where the graph has none."""
    targets = {cause.id: [edge.cause for edge in cause.leads_to] for cause in causes}
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for target in targets.get(name, []):
            if found := visit(target, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in targets if (found := visit(name, []))), [])


def _alone(cause: Cause) -> Iterator[str]:
    predicted = [item.finding for item in cause.predicts]
    if not predicted:
        yield f"{cause.id}: predicts nothing, so no evidence could speak for it"
    if len(set(predicted)) < len(predicted):
        yield f"{cause.id}: predicts a finding twice"
    if not cause.signature:
        yield f"{cause.id}: has no signature, so nothing specific could let it stand"
    for name in [*cause.signature, *cause.requires, *cause.future]:
        if name not in predicted:
            yield f"{cause.id}: {name} is in its signature, requires or future but it does not predict it"
    counted: list[Counts] = [cause.prior, *cause.predicts]
    for counts in counted:
        if not 0 < counts.cases < counts.runs:
            yield f"{cause.id}: counts {counts.cases:g} of {counts.runs:g} do not lie strictly between 0 and all"
        if not counts.reason:
            yield f"{cause.id}: counts {counts.cases:g} of {counts.runs:g} carry no reason"
    for edge in cause.leads_to:
        if not 0 < edge.probability < 1:
            yield f"{cause.id}: leads to {edge.cause} with probability {edge.probability:g}, not between 0 and 1"
    for exclusion in cause.excluded_by:
        if exclusion.status not in (Status.FIRED, Status.CLEAR):
            yield f"{cause.id}: excluded by {exclusion.finding} {exclusion.status}; only fired or clear can exclude"
    if not 0 <= cause.harm <= 1:
        yield f"{cause.id}: harm {cause.harm:g} does not lie between 0 and 1"
    if cause.needs_tier not in TIERS:
        yield f"{cause.id}: unknown tier {cause.needs_tier}"
    for rival in cause.rivals:
        if rival.id == cause.id or not set(rival.tiers) <= set(TIERS):
            yield f"{cause.id}: rival {rival.id} with tiers {rival.tiers} makes no sense"
    if bool(cause.unexamined) != (set(predicted) <= set(cause.future)):
        yield f"{cause.id}: `unexamined` must say why exactly where every predicted finding is a future one"
    for field in ("title", "summary", "mechanism", "decisive_test"):
        if not getattr(cause, field).strip():
            yield f"{cause.id}: {field} is empty"


def _together(causes: Sequence[Cause]) -> Iterator[str]:
    known = {cause.id: cause for cause in causes}
    if len(known) < len(causes):
        yield "two causes share one id"
    for cause in causes:
        for name in [edge.cause for edge in cause.leads_to] + [rival.id for rival in cause.rivals]:
            if name not in known:
                yield f"{cause.id}: refers to {name}, which is not a cause"
        for edge in cause.leads_to:
            if cause.kind is Kind.OUTCOME and edge.cause in known and known[edge.cause].kind is not Kind.OUTCOME:
                yield f"{cause.id}: an outcome leads to {edge.cause}, which is not an outcome"
    seen: dict[frozenset[str], str] = {}
    for cause in causes:
        predictions = frozenset(item.finding for item in cause.predicts)
        if predictions in seen:
            yield f"{cause.id}: predicts the same findings as {seen[predictions]}, so nothing could tell them apart"
        seen[predictions] = cause.id
    if found := cycle(causes):
        yield f"leads_to runs in a circle: {' -> '.join(found)}"
