"""SARIF that code scanning takes: alerts at lines of source, and what stands without one as results on the run."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from forensics.model.diagnosis import CauseRole, Diagnosis, Kind, Weight
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Status
from reports.sarif import render
from tests.diagnoses import diagnosis
from tests.reports.diagnoses import PAYLOADS, empty, full, hostile
from tests.reports.parts import cause, finding
from tests.reports.sarif_schema import LOG


def log(shown: Diagnosis) -> dict[str, Any]:
    """The one run of the log, which obeys the standard and is consistent in itself."""
    document = json.loads(render(shown))
    errors = [error.message for error in Draft202012Validator(LOG).iter_errors(document)]
    assert not errors, errors
    run: dict[str, Any] = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] == "fail" or result["level"] == "none"
        ids = [place["id"] for place in result["relatedLocations"]]
        assert len(set(ids)) == len(ids)
    for place in re.findall(r'"uri": "([^"]*)"', render(shown)):
        assert not place.startswith("/")
        assert ".." not in place.split("/")
    return run


def results(shown: Diagnosis) -> dict[str, dict[str, Any]]:
    return {result["ruleId"]: result for result in log(shown)["results"]}


def at_source(*places: EvidenceRef, role: CauseRole = CauseRole.PROBABLE_CAUSE, **fields: Any) -> Diagnosis:
    """A run in which the source shows a step before the clip."""
    seen = finding("CLP110", "step-precedes-clip", evidence=list(places))
    blamed = cause("step-before-clip", role, 0.9, supports=[Weight(finding="step-precedes-clip", weight=3.0)], **fields)
    return diagnosis(findings=[seen], causes=[blamed])


LINE = EvidenceRef(file="trainer/td3.py", line=120)


def test_a_finding_at_a_line_of_source_is_an_alert_at_that_line() -> None:
    (result,) = log(at_source(LINE, EvidenceRef(file="train.log", line=7)))["results"]
    assert result["ruleId"] == "CLP110"
    assert result["level"] == "error"
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "trainer/td3.py"},
        "region": {"startLine": 120},
    }
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"] == {"uri": "train.log", "uriBaseId": "RUN"}
    assert "Speaks for: Step before clip." in result["message"]["text"]


def test_a_standing_cause_without_a_line_of_source_is_a_result_on_the_run() -> None:
    result = results(full())["actor-loss-through-encoder"]
    assert result["locations"] == [
        {"logicalLocations": [{"name": "day20-run3", "fullyQualifiedName": "day20-run3", "kind": "run"}]}
    ]
    assert result["level"] == "error"
    assert {"id": 2} | _physical("train.log", 345) in result["relatedLocations"]


def _physical(uri: str, line: int) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "RUN"}, "region": {"startLine": line}}}


def test_instruments_consequences_and_outcomes_only_warn() -> None:
    found = results(full())
    assert found["sum-of-norms-metric"]["level"] == "warning"
    assert found["tanh-saturation"]["level"] == "warning"
    assert found["q-exceeds-return-bound"]["level"] == "warning"


def test_what_does_not_stand_is_no_result() -> None:
    assert not {"learning-rate-too-high", "unlikely-cause-1", "non-finite-values"} & set(results(full()))
    assert log(empty())["results"] == []


@pytest.mark.parametrize("role", [CauseRole.RULED_OUT, CauseRole.NOT_EXAMINED])
def test_an_alert_that_no_standing_cause_needs_is_a_note(role: CauseRole) -> None:
    assert results(at_source(LINE, role=role))["CLP110"]["level"] == "note"


def test_a_clear_finding_at_a_line_of_source_is_no_alert() -> None:
    clear = finding("CLP110", "step-precedes-clip", Status.CLEAR, evidence=[LINE])
    assert log(diagnosis(findings=[clear]))["results"] == []


@pytest.mark.parametrize("path", ["/etc/x.py", "../x.py", "a/../../x.py", "C:\\x.py", "..\\x.py"])
def test_a_path_that_leads_elsewhere_is_not_given(path: str) -> None:
    (result,) = log(at_source(EvidenceRef(file=path, line=3)))["results"]
    assert "physicalLocation" not in json.dumps(result)


def test_an_unusual_path_is_percent_encoded() -> None:
    (result,) = log(at_source(EvidenceRef(file="my code/тd3#1.py", line=3)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20code/%D1%82d3%231.py"


def test_a_fingerprint_outlives_a_moved_line_and_not_another_file() -> None:
    def print_of(line: int, file: str) -> Any:
        return results(at_source(EvidenceRef(file=file, line=line)))["CLP110"]["partialFingerprints"]

    assert print_of(3, "a.py") == print_of(90, "a.py") != print_of(3, "b.py")


def test_what_was_lost_in_reading_and_what_failed_are_notifications() -> None:
    (invocation,) = log(full())["invocations"]
    said = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert any("the last record ends in the middle" in words for words in said)
    assert any("a defect of the tool" in words for words in said)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_foreign_text_is_text(payload: str) -> None:
    run = log(hostile(payload))
    assert len(run["results"]) == len(log(full())["results"])
    everything = json.dumps(run, ensure_ascii=False)
    assert not [sign for sign in everything if ord(sign) < 32 or sign in "\u202e\ud800"]


def test_brackets_and_braces_of_a_text_are_neither_link_nor_placeholder() -> None:
    blamed = cause("x", CauseRole.PROBABLE_CAUSE, 0.9, title="[a](https://evil.example) {0} \\", kind=Kind.MECHANISM)
    (result,) = log(diagnosis(causes=[blamed]))["results"]
    assert result["message"]["text"].startswith("\\[a\\](https://evil.example) {{0}} \\\\.")


def test_a_likelihood_that_is_no_number_is_a_word() -> None:
    shown = msgspec.structs.replace(full(), causes=[cause("x", CauseRole.PROBABLE_CAUSE, 0.9, harm=float("nan"))])
    assert results(shown)["x"]["properties"]["harm"] == "nan"


def test_homes_are_left_out_and_the_text_stays_the_same() -> None:
    assert "someone" not in render(full())
    assert render(full()) == render(full())
