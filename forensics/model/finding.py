"""One observation: what was looked for, what was seen, and where to check it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from forensics.model.evidence import EvidenceRef

Number = float | int | str | bool | None


class Status(StrEnum):
    """Outcome of one observation."""

    FIRED = "fired"
    CLEAR = "clear"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"


class Threshold(msgspec.Struct, frozen=True):
    """A number that decides. `source` is a paper, a documentation page or a stated measurement."""

    value: float
    unit: str
    source: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One curve, reduced to the lowest and highest value of each column so that no spike is lost."""

    label: str
    steps: list[int]
    low: list[float]
    high: list[float]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A level drawn across a figure."""

    label: str
    value: float


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to draw one figure. `scale` is linear, log or symlog."""

    title: str
    axis: str
    lines: list[Line]
    unit: str = ""
    scale: str = "linear"
    limits: list[Limit] = msgspec.field(default_factory=list)
    onset: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one detector says of one run.

    `leak` is the probability that it fires on a healthy run. `group` names its line of evidence: findings of
    one group count as one. `missing` and `how_to_log` are filled where evidence is absent. `onset` is the
    first step at which the observation held.
    """

    code: str
    name: str
    title: str
    status: Status
    statement: str
    group: str
    leak: float
    values: dict[str, Number] = msgspec.field(default_factory=dict)
    threshold: dict[str, Threshold] = msgspec.field(default_factory=dict)
    evidence: list[EvidenceRef] = msgspec.field(default_factory=list)
    figure: Figure | None = None
    missing: list[str] = msgspec.field(default_factory=list)
    how_to_log: str = ""
    onset: int | None = None
    cost: float = 1.0
