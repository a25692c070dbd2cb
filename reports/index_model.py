"""What the index of several runs shows: one row a run, and what its groups of seeds show. Written as index.json."""

from __future__ import annotations

import msgspec

from forensics.model.diagnosis import Quality, Steps, VerdictStatus

SCHEMA_VERSION = 1
UNREAD = "unread"

# What needs attention first. A seed that failed among siblings that learned stands before what was not decided.
_ORDER = {
    VerdictStatus.FAULT: 0,
    VerdictStatus.INDISTINGUISHABLE: 2,
    VerdictStatus.UNDETERMINED: 3,
    UNREAD: 4,
    VerdictStatus.INSUFFICIENT_EVIDENCE: 5,
    VerdictStatus.NO_FAULT_FOUND: 6,
}
_FAILED_SEED = 1


class IndexRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `status` is a verdict's, or "unread" where `error` says why there is none.

    `report` and `diagnosis` are paths below the index, "" where that file was not written.
    """

    name: str
    path: str
    status: str
    statement: str = ""
    cause: str | None = None
    title: str = ""
    likelihood: float | None = None
    likelihood_words: str = ""
    evidence_quality: Quality = Quality.LOW
    harm: float = 0.0
    steps: Steps = msgspec.field(default_factory=Steps)
    algorithm: str = ""
    ended: str = ""
    outcomes: list[str] = msgspec.field(default_factory=list)
    group: str = ""
    seed: str = ""
    failed_seed: bool = False
    report: str = ""
    diagnosis: str = ""
    error: str = ""


class IndexGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Seeds of one experiment: their names, which learned and which failed, and what that shows."""

    name: str
    statement: str
    runs: list[str]
    learned: list[str]
    failed: list[str]


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The whole index. `path` is the folder that was searched, "" for runs named one by one; `left` names files that
    belong to no run."""

    schema_version: int
    name: str
    path: str
    runs: list[IndexRow]
    groups: list[IndexGroup]
    left: list[str]
    version: str

    def to_json(self) -> bytes:
        """Return the document as JSON, two spaces deep."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def by_need(row: IndexRow) -> tuple[int, float, float]:
    """Sort key: what needs attention first, the gravest and likeliest fault at the head."""
    rank = _ORDER.get(row.status, 0)
    if row.failed_seed and rank > _FAILED_SEED:
        rank = _FAILED_SEED
    return rank, -row.harm, -(row.likelihood or 0.0)
