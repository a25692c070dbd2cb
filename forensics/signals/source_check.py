"""Does the source at hand belong to the run? Its tags, and the bounds that its formulas imply, against what was logged.

A tag of the run counts as one that the source cannot write only where the source writes other tags of the same folder
and all of that folder's tags are constants: a library may write folders of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from forensics.model.evidence import Series
from forensics.model.source import Confidence, EventKind, SourceReport, TagFact
from forensics.signals.source_parts import covered

LEAST_TAGS = 3
"""Constant tags that a source must write before its tags say anything about the run."""
MOST_STRANGE = 0.1
"""Share of the run's tags that the source may not account for: a second writer, a tag that was not followed."""
ABOVE_BOUND = 1.01
"""Times the bound: float32, and a clip that divides by norm + 1e-6."""


@dataclass(frozen=True)
class Agreement:
    """What was compared. `strange` are tags the source cannot write, `absent` those that it should have written."""

    tags: int = 0
    matched: int = 0
    strange: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def checked(self) -> bool:
        """Whether the source writes tags enough to be held against the run."""
        return self.tags > 0

    @property
    def contradictions(self) -> tuple[str, ...]:
        """What says that another source ran, in words."""
        said = []
        if self.checked and not self.matched:
            said.append(f"none of the run's {self.tags} tags is one that the source writes")
        elif len(self.strange) >= max(LEAST_TAGS, MOST_STRANGE * self.tags):
            said.append(f"{len(self.strange)} of the run's {self.tags} tags are none that the source can write")
        if self.broken:
            said.append(f"{len(self.broken)} tags exceed what their formula in the source can give")
        return tuple(said)


def compare(report: SourceReport, logged: Mapping[str, Series]) -> Agreement:
    """Hold the tags of a source against the series of a run by tag."""
    sure = [fact for fact in report.tags if fact.confidence is not Confidence.BY_NAME]
    constants = {fact.tag for fact in sure if fact.constant}
    open_ones = [_pattern(fact.tag) for fact in report.tags if not fact.constant]
    broken = tuple(sorted(fact.tag for fact in sure if _exceeds(report, fact, logged)))
    if len(constants) < LEAST_TAGS or not logged:
        return Agreement(broken=broken)
    matched = {tag for tag in logged if tag in constants or any(one.fullmatch(tag) for one in open_ones)}
    own = {_folder(tag) for tag in constants} - {""}
    strange = sorted(tag for tag in logged.keys() - matched if _folder(tag) in own)
    always = {fact.tag for fact in sure if fact.constant and not fact.guards}
    return Agreement(
        tags=len(logged),
        matched=len(matched),
        strange=tuple(strange),
        absent=tuple(sorted(always - logged.keys())),
        broken=broken,
    )


def limits_of(report: SourceReport, networks: Iterable[str]) -> list[float]:
    """Return the limits of the clips that cover all of these networks."""
    wanted = tuple(networks)
    return [
        event.limit_value
        for event in report.events
        if event.kind is EventKind.CLIP and event.limit_value is not None and event.clip_by == "l2"
        and wanted and all(covered(one, event.parts) for one in wanted)
    ]  # fmt: skip


def _exceeds(report: SourceReport, fact: TagFact, logged: Mapping[str, Series]) -> bool:
    if fact.formula != "l2" or fact.after != "after clip" or fact.tag not in logged or not fact.networks:
        return False
    limits = limits_of(report, fact.networks)
    values = logged[fact.tag].values
    return bool(limits) and len(values) > 0 and float(np.nanmax(values)) > ABOVE_BOUND * max(limits)


def _pattern(tag: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in tag.split("*")))


def _folder(tag: str) -> str:
    return tag.rpartition("/")[0]
