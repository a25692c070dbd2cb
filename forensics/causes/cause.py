"""What one fault is, what it predicts, and what to do about it. One TOML file holds one cause."""

from __future__ import annotations

import msgspec

from forensics.model.diagnosis import Kind
from forensics.model.finding import Status

HARM_WORDS = ((0.9, "fatal"), (0.7, "severe"), (0.5, "serious"), (0.3, "moderate"), (0.0, "slight"))


class Counts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A probability as Beta counts, set by hand for a stated reason until it is fitted on labelled runs."""

    cases: float
    runs: float
    reason: str

    @property
    def p(self) -> float:
        return self.cases / self.runs


class Prior(Counts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """P(cause) among runs that are brought to an investigation, before any evidence."""


class Prediction(Counts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """P(finding fires | this cause acts, and the evidence that the finding needs is there)."""

    finding: str


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An identity that rules the cause out. It does not hold where a finding of `unless` has fired."""

    finding: str
    status: Status
    reason: str
    unless: list[str] = msgspec.field(default_factory=list)


class Edge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the cause can bring about, and how often it does.

    Where `explains` is False the other merely tends to come with it (one line of code makes both): it stays a fault
    in its own right and is not called a consequence.
    """

    cause: str
    probability: float
    reason: str
    explains: bool = True


class RivalCause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another explanation, the tiers at which the two stand together, and the findings that tell them apart.

    With no tier given the two never look alike. At the tiers given, and at any tier whose evidence was not logged,
    only a finding of `separated_by` that was examined tells them apart.
    """

    id: str
    tiers: list[str]
    separated_by: list[str]


class Temptation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wrong inference from a finding to this cause, and the answer to it."""

    finding: str
    answer: str


class Remedy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change, what should then be seen, where to look. `cost` is minutes, hours or a run."""

    action: str
    expected_result: str
    how_to_verify: str
    cost: str


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault of the catalogue.

    `signature` names the findings of which one must have fired before the cause may stand at 0.5 or more,
    `requires` those that must all have fired. `future` lists predicted findings that no detector makes yet;
    `unexamined` says why, where that is true of all of them. `needs_tier` is the tier below which the cause is
    not examined. A cause that is `contributing_only` never heads a verdict. One with `heads_only_if` heads it
    only where a fired finding of its signature carries that value as true.
    """

    id: str
    title: str
    kind: Kind
    harm: float
    summary: str
    mechanism: str
    signature: list[str]
    predicts: list[Prediction]
    prior: Prior
    decisive_test: str
    remedy: Remedy
    citations: list[str]
    requires: list[str] = msgspec.field(default_factory=list)
    excluded_by: list[Exclusion] = msgspec.field(default_factory=list)
    leads_to: list[Edge] = msgspec.field(default_factory=list)
    rivals: list[RivalCause] = msgspec.field(default_factory=list)
    tempting: list[Temptation] = msgspec.field(default_factory=list)
    future: list[str] = msgspec.field(default_factory=list)
    unexamined: str = ""
    needs_tier: str = "T1"
    contributing_only: bool = False
    heads_only_if: str = ""

    @property
    def harm_word(self) -> str:
        """The harm in a word: slight, moderate, serious, severe or fatal."""
        return next(word for least, word in HARM_WORDS if self.harm >= least)

    def p(self, finding: str) -> float:
        """Return P(finding fires | cause); 0 where the cause does not predict it."""
        return next((item.p for item in self.predicts if item.finding == finding), 0.0)
