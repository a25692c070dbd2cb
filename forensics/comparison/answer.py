"""Did the fix work? One answer, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.comparison.causes import is_gone
from forensics.comparison.standing import standing, wrong
from forensics.model.comparison import (
    Answer,
    ConfigDifference,
    MeaningDifference,
    Obstacle,
    SourceDifference,
    SourceState,
)
from forensics.model.diagnosis import Diagnosis, Kind, VerdictStatus

_MATTERS = (Kind.MECHANISM, Kind.INFRASTRUCTURE, Kind.OUTCOME)
_LISTED = 4


@dataclass(frozen=True)
class Inputs:
    """All that the answer depends on."""

    first: Diagnosis
    second: Diagnosis
    labels: tuple[str, str]
    obstacles: Sequence[Obstacle]
    config: Sequence[ConfigDifference]
    source: SourceDifference
    meanings: Sequence[MeaningDifference]


def answer(given: Inputs) -> tuple[Answer, str, list[str]]:
    """Return the answer, one sentence, and the reasons to read with it."""
    first, second = given.labels
    if _same_files(given.first, given.second):
        return Answer.SAME_RUN, f"{first} and {second} hold the same logs, byte for byte: this is one run.", []
    forbidding = [obstacle.statement for obstacle in given.obstacles if obstacle.forbids]
    if forbidding:
        return (
            Answer.NOT_COMPARABLE,
            f"{first} and {second} are not comparable: whether a fix worked cannot be told from them.",
            forbidding,
        )
    found, statement, reasons = _judged(given)
    change = _change_in_run(given)
    if change is not None:
        return found, statement, [*reasons, *([change] if change else [])]
    same = f"its configuration, its source and the meanings of its tags are those of {first}"
    chance = "They differ by chance, or by what is not recorded (library versions, hardware)."
    if not wrong(given.first):
        return found, statement, [*reasons, f"Nothing was changed in {second}: {same}. {chance}"]
    return (
        Answer.FIX_NOT_IN_RUN,
        f"The supposed fix is not in {second}: {same}. {chance}",
        [statement, *reasons],
    )


def _judged(given: Inputs) -> tuple[Answer, str, list[str]]:
    """Answer as if a change had been made."""
    first, second = given.labels
    if VerdictStatus.INSUFFICIENT_EVIDENCE in (given.first.verdict.status, given.second.verdict.status):
        return Answer.UNCLEAR, "There is too little evidence in one of the runs to tell.", []
    targets, now = wrong(given.first), standing(given.second)
    added = {
        name: title for name, title in standing(given.second, *_MATTERS).items() if name not in standing(given.first)
    }
    if not targets:
        if added:
            return Answer.REGRESSED, f"Nothing stood in {first}; in {second} stands: {_titles(added)}.", []
        return Answer.NOTHING_WRONG, f"Nothing stands in {first} that would need a fix, and nothing in {second}.", []
    still = {name: title for name, title in targets.items() if name in now}
    if still:
        also = [f"New in {second}: {_titles(added)}."] if added else []
        return (
            Answer.PERSISTS,
            f"It is not fixed: what was wrong in {first} still stands in {second}: {_titles(still)}.",
            also,
        )
    shown = {name: is_gone(name, given.first, given.second) for name in targets}
    if not all(gone for gone, _ in shown.values()):
        return (
            Answer.UNCLEAR,
            f"Whether it is fixed cannot be told: {_titles(targets)} does not stand in {second}, but {second} cannot "
            "show that it is gone.",
            [_reason(targets[name], why) for name, (gone, why) in shown.items() if not gone],
        )
    reasons = [_reason(targets[name], why) for name, (_, why) in shown.items()]
    left = standing(given.second, *_MATTERS)
    if left:
        return (
            Answer.OTHER_FAULT,
            f"{_titles(targets)} no longer stands in {second}, but this does: {_titles(left)}.",
            reasons,
        )
    return Answer.GONE, f"What was wrong in {first} no longer stands in {second}: {_titles(targets)}.", reasons


def _change_in_run(given: Inputs) -> str | None:
    """Return None where it is known that nothing was changed, else what has to be said of the change, if anything."""
    config = [difference for difference in given.config if not difference.incidental]
    if config or given.source.state is SourceState.CHANGED or any(item.certain for item in given.meanings):
        return ""
    recorded = bool(given.first.config) and bool(given.second.config)
    if recorded and given.source.state is SourceState.SAME:
        return None
    lacking = [] if recorded else ["the configuration"]
    lacking += ["the source"] if given.source.state is SourceState.UNKNOWN else []
    return (
        f"No change is recorded that could be a fix; {' and '.join(lacking)} of both runs would have to be at hand to "
        "tell whether one was made."
    )


def _same_files(first: Diagnosis, second: Diagnosis) -> bool:
    """Whether both runs hold the same logs: all files that a reader of numbers or text took something of."""
    logs = [
        sorted((file.sha256, file.bytes) for file in diagnosis.run.files if file.sha256 and file.reader not in _NO_LOG)
        for diagnosis in (first, second)
    ]
    return bool(logs[0]) and logs[0] == logs[1]


_NO_LOG = ("unread", "config", "manifest")


def _reason(title: str, why: str) -> str:
    return f"{title}: {why}" if why else title


def _titles(named: dict[str, str]) -> str:
    titles = list(named.values())
    more = f" and {len(titles) - _LISTED} more" if len(titles) > _LISTED else ""
    return "; ".join(titles[:_LISTED]) + more
