"""What speaks against comparing two runs, and what makes it impossible."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.comparison.config import seeds
from forensics.comparison.examined import environment
from forensics.comparison.meanings import signals
from forensics.model.comparison import MeaningDifference, Obstacle
from forensics.model.diagnosis import Diagnosis, VerdictStatus

FEW = 0.5  # share of the tags of the run with fewer of them, below which the runs log different things
_LISTED = 4


def obstacles(
    first: Diagnosis, second: Diagnosis, labels: tuple[str, str], meanings: list[MeaningDifference]
) -> list[Obstacle]:
    """Return what has to be said before any difference, that which forbids the comparison first."""
    forbidding = [Obstacle(statement=words, forbids=True) for words in _forbidding(first, second)]
    return forbidding + [Obstacle(statement=words, forbids=False) for words in _doubts(first, second, labels, meanings)]


def _forbidding(first: Diagnosis, second: Diagnosis) -> Iterator[str]:
    if signals(first).keys().isdisjoint(signals(second)):
        yield "The runs share no tag."
    for name, before, after in (
        ("algorithm", first.run.algorithm, second.run.algorithm),
        ("environment", environment(first), environment(second)),
        ("backend", first.run.backend, second.run.backend),
    ):
        if before and after and before.casefold() != after.casefold():
            yield f"The {name} is not the same: {before} and {after}."


def _doubts(
    first: Diagnosis, second: Diagnosis, labels: tuple[str, str], meanings: list[MeaningDifference]
) -> Iterator[str]:
    moved = list(dict.fromkeys(difference.tag for difference in meanings if difference.certain))
    if moved:
        more = f" and {len(moved) - _LISTED} more" if len(moved) > _LISTED else ""
        does = "tag does" if len(moved) == 1 else "tags do"
        yield (
            f"{len(moved)} {does} not mean the same in both runs: {', '.join(moved[:_LISTED])}{more}. "
            "A chart with both runs in it would be wrong."
        )
    for diagnosis, label in zip((first, second), labels, strict=True):
        if diagnosis.verdict.status is VerdictStatus.INSUFFICIENT_EVIDENCE:
            yield f"{label} holds too little evidence for a verdict."
    tags = signals(first).keys(), signals(second).keys()
    shared = len(tags[0] & tags[1])
    fewer = min(range(2), key=lambda side: len(tags[side]))
    if 0 < shared < FEW * len(tags[fewer]):
        yield f"Only {shared} of the {len(tags[fewer])} tags of {labels[fewer]} are in the other run."
    unnamed = [label for label, run in zip(labels, (first, second), strict=True) if not environment(run)]
    if unnamed:
        yield (
            f"The environment of {' and '.join(unnamed)} is not stated in a configuration: that both runs are of one "
            "task is not known."
        )
    ends = first.run.steps.last, second.run.steps.last
    if ends[0] is not None and ends[1] is not None and ends[1] < ends[0]:
        yield f"{labels[0]} ends at step {ends[0]:,}, {labels[1]} already at step {ends[1]:,}."
    if seeds(first) and seeds(second) and seeds(first) != seeds(second):
        yield (
            f"The seeds differ ({', '.join(seeds(first))} and {', '.join(seeds(second))}): one run of each cannot tell "
            "the change from the seed."
        )
    tools = first.tool, second.tool
    if (tools[0].version, tools[0].weights_version) != (tools[1].version, tools[1].weights_version):
        yield "The diagnoses were made by different versions of this tool: analyse both runs again."
    if tools[0].settings.get("tags") != tools[1].settings.get("tags"):
        yield "The diagnoses were made with different meanings given to tags (--tag)."
