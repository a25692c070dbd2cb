"""An expectation that is not met gives one line that says what was expected and what was found."""

from __future__ import annotations

from typing import Any

import pytest

from forensics.errors import UsageError
from forensics.model.diagnosis import CauseRole, Kind, VerdictStatus
from forensics.model.finding import Status
from forensics.regression.expectations import mismatches, read
from tests.diagnoses import cause, diagnosis, finding, outcome, signal, verdict

FAULTY = diagnosis(
    verdict=verdict("leak"),
    causes=[
        cause("leak", 0.9),
        cause("saturation", 0.6, CauseRole.CONTRIBUTING),
        cause("clip-missing", 0.9, CauseRole.RULED_OUT),
        cause("odd-axis", 0.9, CauseRole.MEASUREMENT_FAULT, Kind.MEASUREMENT),
        cause("unlikely", 0.2, CauseRole.POSSIBLE),
    ],
    outcomes=[outcome("collapse", 0.7)],
    findings=[finding("norm-steady", Status.FIRED), finding("norm-large", Status.CLEAR)],
    signals=[signal("gradients/norm", clip_stage="post"), signal("gradients/norm")],
)

MET: list[dict[str, Any]] = [
    {"cause": ["other", "leak"]},
    {"status": ["fault"]},
    {"present": ["leak", "odd-axis"]},
    {"present_any": [["saturation", "dead-units"]]},
    {"outcome_any": ["collapse", "never-learned"]},
    {"absent": ["clip-missing", "unlikely", "not-listed"]},
    {"must_not_claim": ["clip-missing"]},
    {"established": {"gradients/norm": {"clip_stage": "post"}}},
    {"not_established": {"gradients/norm": {"clip_stage": "pre", "reduction": "l2"}}},
    {"fires": ["norm-steady"], "clear": ["norm-large"]},
    {"healthy": False},
    {"steps_last": 100},
    {"steps_last": 104, "tolerances": {"steps_last": 4}},
    {"present": ["collapse"], "tolerances": {"present": 0.7}},
]
MISSED: list[tuple[dict[str, Any], str]] = [
    ({"cause": ["other", "none"]}, "expected one of other, none, found leak"),
    ({"status": ["undetermined"]}, "expected undetermined, found fault"),
    ({"present": ["saturation"]}, "saturation is contributing at 0.600, expected at 0.8 or more"),
    ({"present": ["clip-missing"]}, "clip-missing is ruled-out at 0.900"),
    ({"present": ["never-learned"]}, "never-learned is not listed"),
    ({"present_any": [["unlikely", "dead-units"]]}, "unlikely is possible at 0.200; dead-units is not listed"),
    ({"outcome_any": ["leak"]}, "expected leak, found collapse"),
    ({"absent": ["collapse"]}, "collapse is an outcome at 0.700, expected at 0.2 or less"),
    ({"must_not_claim": ["saturation"]}, "saturation is contributing at 0.600"),
    ({"established": {"gradients/norm": {"clip_stage": "pre"}}}, "expected pre, found post"),
    ({"established": {"gradients/norm": {"axis": "update"}}}, "expected update, found nothing established"),
    ({"not_established": {"gradients/norm": {"clip_stage": "post"}}}, "clip_stage is established as post"),
    ({"fires": ["norm-large"]}, "norm-large is clear: A sentence."),
    ({"clear": ["norm-larg"]}, "there is no detector norm-larg (did you mean 'norm-large'?)"),
    ({"steps_last": 99}, "expected 99, found 100"),
]


@pytest.mark.parametrize("document", MET, ids=str)
def test_says_nothing_of_an_expectation_that_is_met(document: dict[str, Any]) -> None:
    assert mismatches(FAULTY, read(document, "expected.toml")) == []


@pytest.mark.parametrize(("document", "line"), MISSED, ids=[str(document) for document, _ in MISSED])
def test_says_what_was_expected_and_what_was_found(document: dict[str, Any], line: str) -> None:
    (found,) = mismatches(FAULTY, read(document, "expected.toml"))
    assert line in found
    assert found.startswith(f"{next(iter(document))}: ")


def test_healthy_counts_mechanisms_and_outcomes_but_not_measurement_faults() -> None:
    lines = mismatches(FAULTY, read({"healthy": True}, "expected.toml"))
    assert [line.split()[1] for line in lines] == ["leak", "saturation", "collapse"]


def test_null_in_json_and_none_in_toml_both_ask_for_no_cause() -> None:
    clean = diagnosis()
    assert mismatches(clean, read({"cause": [None]}, "expected.json")) == []
    assert mismatches(clean, read({"cause": ["none"]}, "expected.toml")) == []
    assert mismatches(FAULTY, read({"cause": [None]}, "expected.json"))


def test_a_cause_that_was_not_examined_is_not_claimed() -> None:
    blind = diagnosis(causes=[cause("leak", 0.9, CauseRole.NOT_EXAMINED)])
    assert mismatches(blind, read({"absent": ["leak"]}, "expected.toml")) == []


def test_sources_that_disagree_about_a_tag_establish_nothing() -> None:
    split = diagnosis(signals=[signal("norm", clip_stage="post"), signal("norm", clip_stage="pre")])
    (line,) = mismatches(split, read({"established": {"norm": {"clip_stage": "post"}}}, "expected.toml"))
    assert "found post and pre" in line


def test_the_strongest_claims_are_named_where_the_cause_is_missed() -> None:
    unsure = diagnosis(
        verdict=verdict(None, VerdictStatus.UNDETERMINED), causes=[cause("leak", 0.45), cause("other", 0.1)]
    )
    (line,) = mismatches(unsure, read({"cause": ["leak"]}, "expected.toml"))
    assert "found none (undetermined; leak 0.450, other 0.100)" in line


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"causes": ["leak"]}, "unknown key 'causes' (did you mean 'cause'?)"),
        ({"cause": "leak"}, "Expected `array | null`, got `str`"),
        ({"tolerances": {"presence": 1}}, "presence"),
    ],
)
def test_refuses_what_it_does_not_understand(document: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as failure:
        read(document, "expected.toml")
    assert message in str(failure.value)
    assert str(failure.value).startswith("expected.toml: ")
