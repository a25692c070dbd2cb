"""Renders a diagnosis as SARIF 2.1.0, for code scanning.

A finding that fired at a line of the training source becomes a result at that line. A cause or outcome that stands
and rests on no such line becomes a result on the run as a whole. The format is that of the OASIS standard "Static
Analysis Results Interchange Format (SARIF) Version 2.1.0"; sections are named where they decide.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from forensics.model.diagnosis import CauseRole, CauseVerdict, Diagnosis, Kind
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Status
from forensics.safety.text import clean
from reports.redact import redact
from reports.selection import Selection

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
TEXT = 1000  # characters of one text
PLACES = 20  # related locations of one result
RUN = "RUN"  # the base of paths inside the run directory
SOURCE = (".py", ".pyi", ".ipynb")

GRAVE = 0.5  # of the harm of a cause, from which on it is an error and no warning

Json = dict[str, Any]

_ESCAPED = {"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"}
_SPECIAL = re.compile(r"[\\\[\]{}]")


def render(diagnosis: Diagnosis) -> str:
    """Return the SARIF log of one run. The same diagnosis gives the same text."""
    shown = redact(diagnosis)
    results = [*_source_results(shown), *_run_results(shown)]
    rules = list({rule["id"]: rule for rule, _ in results}.values())
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "run-forensics", "version": clean(shown.tool.version), "rules": rules}},
                "automationDetails": {"id": f"forensics/{clean(shown.run.name)}"},
                "originalUriBaseIds": {RUN: {"description": {"text": "The run directory."}}},
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(shown)}],
                "columnKind": "unicodeCodePoints",
                "results": [result | {"ruleIndex": places[result["ruleId"]]} for _, result in results],
            }
        ],
    }
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


def _source_results(diagnosis: Diagnosis) -> Iterator[tuple[Json, Json]]:
    """Yield rule and result of each finding that fired at a line of source."""
    selection = Selection(diagnosis)
    for finding in selection.with_status(Status.FIRED):
        lines = [ref for ref in finding.evidence if _is_source(ref)]
        if not lines:
            continue
        causes = [cause for cause in selection.users(finding) if selection.stands(cause)]
        names = ", ".join(cause.title for cause in causes)
        said = f"{finding.statement} Speaks for: {names}." if names else finding.statement
        others = [*lines[1:], *(ref for ref in finding.evidence if not _is_source(ref))]
        result = {
            "ruleId": clean(finding.code),
            "kind": "fail",
            "level": max((_level(cause) for cause in causes), key=_LEVELS.index, default="note"),
            "message": _message(said),
            "locations": [_location(lines[0])],
            "relatedLocations": _related(others),
            "partialFingerprints": {"forensics/v1": _fingerprint(finding.code, _path(lines[0]), finding.name)},
            "properties": {"causes": [cause.id for cause in causes]},
        }
        yield _rule(finding.code, finding.name, finding.title, ""), result


def _run_results(diagnosis: Diagnosis) -> Iterator[tuple[Json, Json]]:
    """Yield rule and result of each standing cause and outcome that no result at a line of source speaks for."""
    selection = Selection(diagnosis)
    standing = [cause for cause in diagnosis.causes if selection.stands(cause)]
    for cause in standing:
        findings = _findings(cause, selection)
        refs = [ref for finding in findings for ref in finding.evidence]
        if any(_is_source(ref) for ref in refs):
            continue
        said = f"{cause.title}. {cause.summary} {' '.join(finding.statement for finding in findings[:3])}"
        yield (
            _rule(cause.id, cause.id, cause.title, cause.decisive_test),
            _on_run(diagnosis, cause.id, said, _level(cause), refs)
            | {
                "properties": {"role": cause.role, "likelihood": _number(cause.likelihood), "harm": _number(cause.harm)}
            },
        )
    told = {cause.id for cause in standing}
    for outcome in diagnosis.outcomes:
        if outcome.id not in told:
            yield (
                _rule(outcome.id, outcome.id, outcome.title, ""),
                _on_run(diagnosis, outcome.id, f"{outcome.title}. {outcome.statement}", "warning", outcome.evidence)
                | {"properties": {"likelihood": _number(outcome.likelihood)}},
            )


def _on_run(diagnosis: Diagnosis, name: str, said: str, level: str, refs: Iterable[EvidenceRef]) -> Json:
    run = clean(diagnosis.run.name)
    return {
        "ruleId": clean(name),
        "kind": "fail",
        "level": level,
        "message": _message(said),
        "locations": [{"logicalLocations": [{"name": run, "fullyQualifiedName": run, "kind": "run"}]}],
        "relatedLocations": _related(refs),
        "partialFingerprints": {"forensics/v1": _fingerprint(name, "", diagnosis.run.name)},
    }


def _findings(cause: CauseVerdict, selection: Selection) -> list[Finding]:
    found = (selection.by_name.get(weight.finding) for weight in sorted(cause.supports, key=lambda w: -abs(w.weight)))
    return [finding for finding in found if finding is not None and finding.status is Status.FIRED]


_LEVELS = ("note", "warning", "error")


def _level(cause: CauseVerdict) -> str:
    """Return error where training itself is badly wrong; an instrument that misleads, or a consequence, only warns."""
    blamed = cause.kind in (Kind.MECHANISM, Kind.INFRASTRUCTURE) and cause.role is not CauseRole.CONSEQUENCE
    return "error" if blamed and cause.harm >= GRAVE else "warning"


def _rule(name: str, readable: str, title: str, help_text: str) -> Json:
    rule: Json = {"id": clean(name), "name": clean(readable), "shortDescription": _message(title)}
    return rule | ({"help": _message(help_text)} if help_text else {})


def _notifications(diagnosis: Diagnosis) -> list[Json]:
    """Return what was lost in reading, and the detectors that failed: matters of the tool, not of the run."""
    failed = [finding for finding in diagnosis.findings if finding.status is Status.ERROR]
    lost = [
        {
            "level": "warning" if issue.bytes_lost else "note",
            "message": _message(f"{issue.file}: {issue.message}"),
            "locations": _related([EvidenceRef(file=issue.file, line=issue.line)], numbered=False),
        }
        for issue in diagnosis.read_issues
    ]
    return lost + [{"level": "error", "message": _message(f"{item.code}: {item.statement}")} for item in failed]


def _is_source(ref: EvidenceRef) -> bool:
    return bool(ref.line) and _path(ref).endswith(SOURCE)


def _path(ref: EvidenceRef) -> str:
    """Return the path of a place as a relative one; empty where it is none (absolute, or leading out of the run)."""
    path = PurePosixPath((ref.file or "").replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", str(path))
    return "" if outside or not ref.file else str(path)


def _location(ref: EvidenceRef) -> Json:
    # Source has no base: code scanning reads such a path from the root of the repository.
    base = {} if _is_source(ref) else {"uriBaseId": RUN}
    region = {"region": {"startLine": ref.line}} if ref.line and ref.line > 0 else {}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(_path(ref))} | base} | region}


def _related(refs: Iterable[EvidenceRef], *, numbered: bool = True) -> list[Json]:
    found = [_location(ref) for ref in refs if _path(ref)]
    unique = list({json.dumps(place): place for place in found}.values())[:PLACES]
    return [({"id": number} if numbered else {}) | place for number, place in enumerate(unique, start=1)]


def _uri(path: str) -> str:
    return quote(path.encode(errors="replace"), safe="/")


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _fingerprint(*parts: str) -> str:
    """Return what stays the same while line numbers and measured values change."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def _message(words: str) -> Json:
    """Return a plain text message in which nothing is a link or a placeholder (sections 3.11.5 and 3.11.6)."""
    shown = " ".join(clean(words, TEXT).split())
    return {"text": _SPECIAL.sub(lambda found: _ESCAPED[found.group()], shown)}
