"""Two or more runs held against each other: what differs, and whether what was wrong is gone."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from forensics.model.diagnosis import CauseRole, Kind, Steps, Verdict, finite
from forensics.model.finding import Figure, Number, Status

SCHEMA_VERSION = 1


class Answer(StrEnum):
    """Whether what was wrong in the first run is gone in the other one."""

    SAME_RUN = "same-run"
    NOT_COMPARABLE = "not-comparable"
    FIX_NOT_IN_RUN = "fix-not-in-run"
    GONE = "gone"
    OTHER_FAULT = "other-fault"
    PERSISTS = "persists"
    UNCLEAR = "unclear"
    REGRESSED = "regressed"
    NOTHING_WRONG = "nothing-wrong"


class Change(StrEnum):
    """What became of something. Out of sight and into sight: one of the runs lacks the evidence to tell."""

    APPEARED = "appeared"
    VANISHED = "vanished"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OUT_OF_SIGHT = "out-of-sight"
    INTO_SIGHT = "into-sight"


class SourceState(StrEnum):
    """What is known of the source of two runs."""

    SAME = "same"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class ComparedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One of the runs. `label` is A for the first, then B, C and so on."""

    label: str
    name: str
    path: str
    framework: str
    algorithm: str
    backend: str
    environment: str
    steps: Steps
    verdict: Verdict
    examined: int
    not_examined: int


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """A reason not to trust the comparison; `forbids` where it makes the runs not comparable at all."""

    statement: str
    forbids: bool


class ConfigDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One key of the configuration; None where a run does not have it.

    `incidental` keys (seed, folders, names) cannot hold a fix. `note` says where the log contradicts the change.
    """

    key: str
    before: str | None
    after: str | None
    incidental: bool = False
    note: str = ""


class FileDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One source file; a hash is empty where a run does not have the file. `excerpt` is a unified diff, cut."""

    path: str
    change: Change
    before_sha256: str
    after_sha256: str
    added: int = 0
    removed: int = 0
    excerpt: list[str] = msgspec.field(default_factory=list)
    left_out: int = 0


class SourceDifference(msgspec.Struct, frozen=True, kw_only=True):
    """The training source of both runs."""

    state: SourceState
    statement: str
    files: list[FileDifference] = msgspec.field(default_factory=list)


class MeaningDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the meaning of one tag, as each run has it.

    `certain` where the readings exclude each other: then no chart may hold both runs.
    """

    tag: str
    field: str
    before: str
    after: str
    certain: bool


class ValueDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a finding that fired in both runs."""

    name: str
    before: Number
    after: Number


class FindingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One observation in both runs; a status is None where that analysis knew no such detector."""

    code: str
    name: str
    title: str
    change: Change
    before: Status | None
    after: Status | None
    statement_before: str
    statement_after: str
    values: list[ValueDifference] = msgspec.field(default_factory=list)


class CauseDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A cause or an outcome that stands (0.5 or more) in at least one of the runs.

    A likelihood or role is None where the run does not list it. `reason` says by which findings the change is known,
    or what is missing to know it.
    """

    id: str
    title: str
    kind: Kind
    change: Change
    likelihood_before: float | None
    likelihood_after: float | None
    role_before: CauseRole | None
    role_after: CauseRole | None
    reason: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One run against the first one. `config` is empty where `config_known` is false: one of them states none."""

    first: str
    second: str
    answer: Answer
    statement: str
    reasons: list[str]
    obstacles: list[Obstacle]
    config_known: bool
    config: list[ConfigDifference]
    source: SourceDifference
    meanings: list[MeaningDifference]
    causes: list[CauseDifference]
    findings: list[FindingDifference]
    shared_tags: int
    tags_only_first: list[str]
    tags_only_second: list[str]


class Overlay(msgspec.Struct, frozen=True, kw_only=True):
    """One tag in all runs. `figure` is None where drawing it would be wrong or cannot be done: `note` says why."""

    tag: str
    figure: Figure | None
    note: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All runs against the first. Written as compare.json; every other format is a view of it."""

    schema_version: int
    runs: list[ComparedRun]
    differences: list[Difference]
    overlays: list[Overlay]
    tool_version: str

    def to_json(self) -> bytes:
        """Return the document as JSON, two spaces deep, non-finite numbers as strings."""
        return msgspec.json.format(msgspec.json.encode(self.to_builtins()), indent=2) + b"\n"

    def to_builtins(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and finite numbers."""
        plain: dict[str, Any] = finite(msgspec.to_builtins(self))
        return plain
