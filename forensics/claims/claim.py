"""What a document claims of a run, and what became of the claim."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from forensics.claims.number import Number
from forensics.model.evidence import ConfigFact, EvidenceRef
from forensics.model.meaning import ClipStage
from forensics.signals.signals import Signal


class Mark(StrEnum):
    """What the run says of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_CHECKABLE = "not-checkable"


class Stat(StrEnum):
    """Which number of a series a claim speaks of."""

    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    MEDIAN = "median"


class Relation(StrEnum):
    """How a claimed number bounds the value."""

    EQUAL = "="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class Course(StrEnum):
    """Where a series is said to go."""

    RISES = "rises"
    FALLS = "falls"
    EXPLODES = "explodes"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the subject.

    `stat` or `step` says which one (neither: the document leaves it open); `every` claims it of all points,
    `points` of how many; `reached` is a value that was arrived at ("exploded to"); `negated` denies it.
    """

    number: Number
    stat: Stat | None = None
    step: Number | None = None
    step_noun: str = "step"
    relation: Relation = Relation.EQUAL
    every: bool = False
    points: Number | None = None
    points_noun: str = "points"
    reached: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """Bounds of the subject; `ends` claims that they are its lowest and its highest value."""

    low: Number
    high: Number
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Travel:
    """The subject goes from one value to another; `course` is None where the verb names no direction."""

    start: Number
    end: Number
    course: Course | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """Where the subject goes, without numbers."""

    course: Course
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """The subject is measured before or after clipping."""

    stage: ClipStage


@dataclass(frozen=True, slots=True)
class StageLogged:
    """Some gradient metric is, or none is, logged before or after clipping."""

    stage: ClipStage
    logged: bool


@dataclass(frozen=True, slots=True)
class NonFinite:
    """The subject holds a value that is not finite, or never does."""

    present: bool


@dataclass(frozen=True, slots=True)
class Alerts:
    """Alerts fired, or none did. `words` name one of several (warning, critical)."""

    fired: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertLimit:
    """The value at which an alert fires."""

    number: Number
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """How many points the subject has."""

    number: Number


@dataclass(frozen=True, slots=True)
class Total:
    """How many steps or updates the run made; `noun` is step, env step or update."""

    number: Number
    noun: str


@dataclass(frozen=True, slots=True)
class Word:
    """A setting that is a word: the algorithm, the environment."""

    word: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that the run cannot answer, with the reason."""

    reason: str


Says = (
    Value
    | Between
    | Travel
    | Trend
    | Stage
    | StageLogged
    | NonFinite
    | Alerts
    | AlertLimit
    | Points
    | Total
    | Word
    | Elsewhere
)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What a claim is about: `said` in the document, and every signal or setting that may be meant.

    `certain` means that all `signals` hold the same thing; `universal`, that the document speaks of all of them.
    """

    said: str
    signals: tuple[Signal, ...] = ()
    settings: tuple[ConfigFact, ...] = ()
    fact: str = ""
    certain: bool = False
    universal: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement of a document. `line` counts from 1, `quote` is the sentence as it was read."""

    line: int
    quote: str
    says: Says
    subject: Subject | None = None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with its mark. `statement` is the evidence in words, `findings` are codes of what was observed."""

    line: int
    quote: str
    claim: str
    mark: Mark
    statement: str
    evidence: list[EvidenceRef] = msgspec.field(default_factory=list)
    findings: list[str] = msgspec.field(default_factory=list)
