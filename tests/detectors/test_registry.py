"""What every detector owes: identity, documentation, thresholds with sources, and silence without evidence."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from forensics.detectors import registry
from forensics.detectors.registry import Detector, detectors, examine
from forensics.model.finding import Finding, Status
from forensics.signals.signals import Signals
from tests.builders import signal, signals

ALL = pytest.mark.parametrize("detector", detectors(), ids=lambda detector: detector.meta.name)


def test_codes_and_names_are_unique_and_well_formed() -> None:
    codes = [detector.meta.code for detector in detectors()]
    names = [detector.meta.name for detector in detectors()]
    assert len(set(codes)) == len(codes) == len(set(names))
    assert all(re.fullmatch(r"[A-Z]{3}\d{3}", code) for code in codes)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", name) for name in names)


@ALL
def test_it_says_what_it_observes_what_it_needs_and_how_it_can_be_wrong(detector: Detector) -> None:
    assert len(detector.doc.strip().splitlines()) > 8
    for word in ("why it matters", "evidence", "how it can be wrong", "references"):
        assert word in detector.doc.lower()
    assert detector.meta.needs
    assert detector.meta.how_to_log
    assert detector.meta.fired != detector.meta.clear
    assert detector.meta.leak_reason


@ALL
def test_its_thresholds_have_units_and_sources(detector: Detector) -> None:
    assert all(item.unit and len(item.source) > 10 for item in detector.thresholds.values())


@ALL
def test_its_false_alarm_rate_is_a_probability(detector: Detector) -> None:
    assert 0 < detector.meta.false_alarm_rate <= 0.5


@ALL
def test_without_any_evidence_it_abstains_and_says_how_to_log_it(detector: Detector) -> None:
    finding = detector.detect(signals())
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.missing
    assert finding.how_to_log


@ALL
def test_one_point_of_an_unknown_tag_does_not_make_it_fire_or_fail(detector: Detector) -> None:
    assert detector.detect(signals(signal("weather", [1.0]))).status not in (Status.FIRED, Status.ERROR)


def test_a_detector_that_throws_costs_one_finding_and_says_whose_fault_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seen: Signals) -> Finding:
        raise ZeroDivisionError("oops")

    first, *rest = detectors()
    monkeypatch.setattr(registry, "detectors", lambda: (replace(first, detect=broken), *rest))
    findings = examine(signals())
    assert len(findings) == len(rest) + 1
    assert findings[0].status is Status.ERROR
    assert "defect of the tool" in findings[0].statement
    assert all(finding.status is not Status.ERROR for finding in findings[1:])
