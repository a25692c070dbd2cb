"""Facts in the words of the tests: short texts that a test can compare."""

from __future__ import annotations

from pathlib import Path

from forensics.model.source import EventKind, SourceReport
from forensics.source import interpret
from forensics.source.roots import DEFECT

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.py.txt").read_text(encoding="utf-8")


def facts_of(text: str) -> SourceReport:
    report = interpret({"agent.py": text})
    assert not any(DEFECT in one.message for one in report.unread)
    return report


def order(report: SourceReport) -> list[str]:
    """`kind subject-or-networks`, as an update meets them."""
    shown = []
    for event in report.events:
        if not event.setup:
            shown.append(f"{event.kind} {event.subject or ','.join(event.target or event.parts)}")
    return shown


def reached(report: SourceReport, loss: str) -> set[str]:
    """Parts that a loss reaches, each with the calls passed."""
    return {
        " -> ".join((path.part, *path.hops))
        for event in report.events
        if event.kind is EventKind.BACKWARD and event.subject == loss
        for path in event.paths
    }


def summary(report: SourceReport) -> dict[str, object]:
    """Everything that a fault of the catalogue can change, without line numbers."""
    return {
        "order": order(report),
        "guards": [event.guards for event in report.events],
        "limits": [
            (event.parts, event.limit, event.limit_value, event.clip_by) for event in report.events if event.clip_by
        ],
        "norms": [(event.formula, event.parts, event.after) for event in report.events if event.formula],
        "targets": [(event.target, event.online, event.rate) for event in report.events if event.target],
        "copies": [(fact.network, fact.copy_of, fact.updated) for fact in report.targets],
        "optimizers": [(fact.name, fact.kind, fact.parts, fact.learning_rate) for fact in report.optimizers],
        "unheld": [(fact.part, fact.loss) for fact in report.unheld],
        "paths": [
            (event.subject, sorted((path.part, path.hops) for path in event.paths))
            for event in report.events
            if event.kind is EventKind.BACKWARD
        ],
        "tags": sorted((fact.tag, fact.formula, fact.networks, fact.after, fact.expression) for fact in report.tags),
        "thresholds": [(fact.text, fact.formula, fact.bound) for fact in report.thresholds],
        "dones": [(fact.text, fact.truncated) for fact in report.dones],
        "unused": [(fact.owner, fact.attribute) for fact in report.unused_modules],
        "keys": sorted((fact.key, str(fact.state)) for fact in report.config_keys),
        "shared": [fact.name for fact in report.environments if fact.shared],
    }
