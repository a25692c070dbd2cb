"""The product: everything a report needs, and nothing that must be computed again."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import msgspec

from forensics.model.evidence import EvidenceRef, FileRecord, ReadIssue
from forensics.model.finding import Finding

SCHEMA_VERSION = 1


class VerdictStatus(StrEnum):
    """How the investigation ended."""

    FAULT = "fault"
    NO_FAULT_FOUND = "no-fault-found"
    UNDETERMINED = "undetermined"
    INDISTINGUISHABLE = "indistinguishable"
    INSUFFICIENT_EVIDENCE = "insufficient-evidence"


class Kind(StrEnum):
    """What sort of thing a cause is."""

    MECHANISM = "mechanism"
    MEASUREMENT = "measurement"
    INFRASTRUCTURE = "infrastructure"
    OUTCOME = "outcome"


class CauseRole(StrEnum):
    """The part a cause plays in this run."""

    PROBABLE_CAUSE = "probable-cause"
    CONTRIBUTING = "contributing"
    POSSIBLE = "possible"
    CONSEQUENCE = "consequence"
    MEASUREMENT_FAULT = "measurement-fault"
    RULED_OUT = "ruled-out"
    NOT_EXAMINED = "not-examined"


class Quality(StrEnum):
    """Quality of evidence, apart from likelihood."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """Environment steps of the run (epochs or updates where a run has no environment)."""

    first: int | None = None
    last: int | None = None
    planned: int | None = None


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Who and what was examined."""

    name: str
    path: str
    framework: str = ""
    algorithm: str = ""
    backend: str = ""
    steps: Steps = msgspec.field(default_factory=Steps)
    updates: int | None = None
    ended: str = "unknown"
    files: list[FileRecord] = msgspec.field(default_factory=list)


class NotExamined(msgspec.Struct, frozen=True, kw_only=True):
    """A detector that could not look, what it lacked and how to log it next time."""

    detector: str
    name: str
    missing: list[str]
    how_to_log: str


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to log next time.

    `observations` are the codes of the detectors that want for it, `nats` the most that one of them is expected to tell
    about the causes still open. `lines` are the first and last lines, from 1, of Advice.block that measure it; `code`
    repeats them.
    """

    name: str
    what: str
    nats: float
    observations: list[str]
    lines: list[list[int]]
    code: str


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What to log next time, what decides most first, and one block of code that logs all of it."""

    framework: str
    learner: str
    block: str
    measurements: list[Measured]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much could be seen. Tiers: T1 scalars; T2 with log or config; T3 with source; T4 with checkpoints."""

    tier: str
    present: list[str]
    examined: int
    not_examined: list[NotExamined]
    advice: Advice | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The one answer. `cause` is a mechanism or infrastructure fault, or None."""

    status: VerdictStatus
    cause: str | None
    statement: str
    indistinguishable: list[str] = msgspec.field(default_factory=list)
    likelihood: float | None = None
    likelihood_words: str = ""
    evidence_quality: Quality = Quality.LOW
    evidence_quality_reasons: list[str] = msgspec.field(default_factory=list)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the run, whatever brought it about."""

    id: str
    title: str
    likelihood: float
    statement: str
    evidence: list[EvidenceRef]


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What one finding adds for or against a cause. `weight` is log(p / leak), in nats."""

    finding: str
    weight: float
    statement: str = ""


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """Another explanation. `separated` says whether the evidence at hand tells the two apart, and by what."""

    id: str
    separated: bool
    by: list[str]


class CauseVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is thought of one cause, and why. `answers` refutes tempting but wrong inferences by name."""

    id: str
    title: str
    kind: Kind
    role: CauseRole
    likelihood: float
    likelihood_words: str
    evidence_quality: Quality
    harm: float
    summary: str
    explains: list[str] = msgspec.field(default_factory=list)
    explained_by: list[str] = msgspec.field(default_factory=list)
    supports: list[Weight] = msgspec.field(default_factory=list)
    contradicts: list[Weight] = msgspec.field(default_factory=list)
    missing: list[str] = msgspec.field(default_factory=list)
    rivals: list[Rival] = msgspec.field(default_factory=list)
    decisive_test: str = ""
    reason: str = ""
    answers: list[str] = msgspec.field(default_factory=list)


class SignalSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How one tag was read. The dicts map a field of Meaning to its value; `how` gives the reasons."""

    tag: str
    source: str
    points: int
    claimed: dict[str, str]
    established: dict[str, str]
    contested: dict[str, list[str]]
    how: list[str]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A number about the whole run that was established (gamma, a clip limit), and how."""

    name: str
    value: float | int | str
    how: str
    evidence: list[EvidenceRef] = msgspec.field(default_factory=list)


class ConfigRow(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration key: what the file says and what the log shows in effect (None where unknown)."""

    key: str
    declared: str
    effective: str | None
    origin: str
    read: bool | None = None


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. `cost` is minutes, hours or a run; `observation` is the code of what it makes observable."""

    action: str
    addresses: str
    expected_result: str
    how_to_verify: str
    cost: str
    observation: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the timeline, ordered by onset."""

    step: int
    finding: str
    statement: str


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What the likelihoods rest on."""

    method: str
    cap: float
    fitted_on: int


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """What made the diagnosis."""

    version: str
    settings: dict[str, str]
    weights_version: str


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The whole investigation. Written as diagnosis.json; every other format is a view of it."""

    schema_version: int
    run: RunSummary
    coverage: Coverage
    verdict: Verdict
    outcomes: list[Outcome]
    causes: list[CauseVerdict]
    findings: list[Finding]
    signals: list[SignalSummary]
    facts: list[Fact]
    config: list[ConfigRow]
    recommendations: list[Recommendation]
    read_issues: list[ReadIssue]
    timeline: list[Event]
    calibration: Calibration
    tool: Tool
    source_excerpts: list[str] = msgspec.field(default_factory=list)

    def to_json(self) -> bytes:
        """Return the document as JSON, two spaces deep, non-finite numbers as strings."""
        return msgspec.json.format(msgspec.json.encode(self.to_builtins()), indent=2) + b"\n"

    def to_builtins(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and finite numbers."""
        plain = finite(msgspec.to_builtins(self))
        assert isinstance(plain, dict)
        return plain


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of diagnosis.json."""
    document = _numbers_or_words(msgspec.json.schema(Diagnosis))
    assert isinstance(document, dict)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Diagnosis of a training run",
        **document,
    }


def finite(value: Any) -> Any:
    """Return the value with every number in it that is not finite written as a word, as JSON demands."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def _numbers_or_words(node: Any) -> Any:
    """Allow the words for non-finite numbers wherever the schema asks for a number."""
    if isinstance(node, list):
        return [_numbers_or_words(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "number":
        return {"anyOf": [node, {"enum": ["NaN", "Infinity", "-Infinity"]}]}
    return {key: _numbers_or_words(item) for key, item in node.items()}
