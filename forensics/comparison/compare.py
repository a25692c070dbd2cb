"""Holds runs against the first of them."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.comparison.answer import Inputs, answer
from forensics.comparison.causes import cause_differences
from forensics.comparison.config import config_differences
from forensics.comparison.examined import Examined
from forensics.comparison.findings import finding_differences
from forensics.comparison.meanings import meaning_differences, signals
from forensics.comparison.obstacles import obstacles
from forensics.comparison.overlays import overlays
from forensics.comparison.source import source_difference
from forensics.model.comparison import SCHEMA_VERSION, Comparison, Difference

LABELS = "ABCDEF"  # as many runs as a figure has kinds of line


def compare(runs: Sequence[Examined], tool_version: str) -> Comparison:
    """Return what differs between the first run and each of the others (two to six runs in all)."""
    labels = list(LABELS[: len(runs)])
    assert 2 <= len(runs) == len(labels)
    return Comparison(
        schema_version=SCHEMA_VERSION,
        runs=[run.summary(label) for run, label in zip(runs, labels, strict=True)],
        differences=[
            _difference(runs[0], run, (labels[0], label)) for run, label in zip(runs[1:], labels[1:], strict=True)
        ],
        overlays=overlays(runs, labels),
        tool_version=tool_version,
    )


def _difference(first: Examined, second: Examined, labels: tuple[str, str]) -> Difference:
    before, after = first.diagnosis, second.diagnosis
    config = config_differences(before, after)
    source = source_difference(first, second, labels)
    meanings = meaning_differences(before, after)
    barring = obstacles(before, after, labels, meanings)
    found, statement, reasons = answer(Inputs(before, after, labels, barring, config, source, meanings))
    tags = signals(before), signals(after)
    return Difference(
        first=labels[0],
        second=labels[1],
        answer=found,
        statement=statement,
        reasons=reasons,
        obstacles=barring,
        config_known=bool(before.config and after.config),
        config=config,
        source=source,
        meanings=meanings,
        causes=cause_differences(before, after),
        findings=finding_differences(before, after),
        shared_tags=len(tags[0].keys() & tags[1].keys()),
        tags_only_first=sorted(tags[0].keys() - tags[1].keys()),
        tags_only_second=sorted(tags[1].keys() - tags[0].keys()),
    )
