"""A verdict against the earlier one: what became of it, and which findings, files and settings moved it."""

from __future__ import annotations

import msgspec

from forensics.comparison.revise import revise
from forensics.model.diagnosis import CauseRole, Tool, Weight
from forensics.model.evidence import FileRecord
from forensics.model.finding import Status
from tests.comparison.pairs import faulty, findings, mended, run
from tests.diagnoses import verdict
from tests.reports.parts import cause


def test_the_same_diagnosis_is_as_before_and_nothing_moved() -> None:
    found = revise(faulty(), faulty())
    assert not found.is_revised
    assert [moved.findings for moved in found.causes] == [[]]
    assert found.evidence == found.tool == []


def test_a_verdict_that_changed_names_the_findings_that_moved_it_the_heaviest_first() -> None:
    found = revise(mended("one"), faulty("one"))
    assert found.is_revised
    (moved,) = found.causes
    assert (moved.likelihood_before, moved.likelihood_after) == (0.01, 0.9)
    assert [(item.code, item.before, item.after, item.weight_after) for item in moved.findings] == [
        ("AAA101", Status.CLEAR, Status.FIRED, 3.0),
        ("AAA102", Status.CLEAR, Status.FIRED, 1.0),
    ]


def test_what_spoke_for_a_cause_and_now_speaks_against_it_moved_by_both_weights() -> None:
    against = cause("leak", CauseRole.POSSIBLE, 0.1, contradicts=[Weight(finding="AAA102", weight=-2.5)])
    later = mended("faulty", causes=[against])
    (moved,) = revise(faulty(), later).causes
    assert [(item.code, item.weight_before, item.weight_after) for item in moved.findings] == [
        ("AAA102", 1.0, -2.5),
        ("AAA101", 3.0, None),
    ]


def test_a_weight_that_one_decimal_does_not_show_did_not_move() -> None:
    def weighing(weight: float) -> list[object]:
        return [cause("leak", CauseRole.PROBABLE_CAUSE, 0.9, supports=[Weight(finding="drip", weight=weight)])]

    assert revise(faulty(causes=weighing(3.0)), faulty(causes=weighing(3.04))).causes[0].findings == []
    assert revise(faulty(causes=weighing(3.0)), faulty(causes=weighing(3.1))).causes[0].findings != []


def test_both_verdicts_causes_are_told() -> None:
    flood = faulty(verdict=verdict("flood"), causes=[cause("flood", CauseRole.PROBABLE_CAUSE, 0.7)])
    assert [moved.id for moved in revise(faulty(), flood).causes] == ["leak", "flood"]


def test_files_and_versions_that_changed_are_named() -> None:
    then, now = run("one"), run("one", findings=findings(Status.CLEAR, Status.CLEAR))
    files = [
        FileRecord(path="events", bytes=9, bytes_read=9, sha256="grown", reader="tensorboard"),
        FileRecord(path="train.log", bytes=1, bytes_read=1, sha256="log", reader="textlog"),
    ]
    now = msgspec.structs.replace(
        now,
        run=msgspec.structs.replace(now.run, files=files),
        tool=Tool(version="9", settings={"tags": "a=loss", "fail_on": "any"}, weights_version="0"),
    )
    found = revise(then, now)
    assert found.evidence == ["events changed (3 to 9 bytes)", "train.log is new"]
    assert found.tool == ["version: 0 -> 9", "setting tags: (none) -> a=loss"]
    assert revise(now, then).evidence == ["events changed (9 to 3 bytes)", "train.log is gone"]


def test_a_diagnosis_of_another_run_is_named_unless_they_share_a_file() -> None:
    assert revise(faulty("then"), faulty("now")).other_run == "then"
    moved = msgspec.structs.replace(faulty("now"), run=msgspec.structs.replace(faulty("then").run, name="renamed"))
    assert revise(faulty("then"), moved).other_run == ""
