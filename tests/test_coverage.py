"""How much of a run could be seen: its tier, what was present, and what could not be looked at."""

from __future__ import annotations

from forensics.coverage import coverage, tier
from forensics.model.evidence import ConfigFact, FileRecord, LogRecord, Run
from forensics.model.finding import Finding, Status
from forensics.model.source import SourceReport
from tests.builders import series

LOG = LogRecord(file="train.log", line=1, last_line=1, message="hello")
CONFIG = ConfigFact(key="lr", value=1e-3, file="config.yaml")


def found(name: str, status: Status) -> Finding:
    return Finding(
        code=name.upper(), name=name, title=name, status=status, statement="", group=name, leak=0.01, missing=["a norm"]
    )


def test_a_log_or_a_configuration_makes_the_second_tier_and_source_the_third() -> None:
    assert tier(Run(name="r", path="r", series=(series("a", [1.0]),))) == "T1"
    assert tier(Run(name="r", path="r", logs=(LOG,))) == "T2"
    assert tier(Run(name="r", path="r", config=(CONFIG,))) == "T2"
    assert tier(Run(name="r", path="r", source=SourceReport(files=1))) == "T3"


def test_what_was_present_is_named_and_nothing_else() -> None:
    assert coverage(Run(name="r", path="r"), []).present == []
    files = tuple(FileRecord(path=path, bytes=1) for path in ("agent.py", "best.pt", "notes.md"))
    everything = Run(
        name="r",
        path="r",
        series=(series("a", [1.0]),),
        logs=(LOG,),
        config=(CONFIG,),
        files=files,
        source=SourceReport(files=1),
    )
    assert coverage(everything, []).present == ["scalars", "logs", "config", "source", "checkpoints"]


def test_only_what_fired_or_is_clear_was_examined_and_only_what_lacked_evidence_is_listed() -> None:
    seen = coverage(Run(name="r", path="r"), [found(status.value, status) for status in Status])
    assert seen.examined == 2
    assert [(item.name, item.missing) for item in seen.not_examined] == [("not-applicable", ["a norm"])]
