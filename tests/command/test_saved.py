"""An earlier diagnosis.json is read back as it was, or refused in one line that says what to do."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from forensics.command.saved import is_saved, read_diagnosis
from forensics.errors import UsageError
from forensics.model.diagnosis import SCHEMA_VERSION
from forensics.model.finding import Figure
from forensics.safety.limits import Limits
from tests.diagnoses import diagnosis
from tests.reports.diagnoses import full
from tests.reports.parts import curve, finding


def written(tmp_path: Path, data: bytes, name: str = "diagnosis.json") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_what_was_written_is_read_back_whole(tmp_path: Path) -> None:
    path = written(tmp_path, full().to_json())
    assert read_diagnosis(path).to_json() == full().to_json()


def test_numbers_that_are_not_finite_are_numbers_again(tmp_path: Path) -> None:
    figure = Figure(title="", axis="", lines=[curve("a", [math.nan, math.inf, -math.inf, 1.0])])
    path = written(tmp_path, diagnosis(findings=[finding("AAA101", "a", figure=figure)]).to_json())
    drawn = read_diagnosis(path).findings[0].figure
    assert drawn is not None
    assert math.isnan(drawn.lines[0].low[0])
    assert drawn.lines[0].low[1:] == [math.inf, -math.inf, 1.0]


def test_a_later_field_of_the_same_schema_is_passed_over(tmp_path: Path) -> None:
    document = full().to_builtins() | {"added_later": [1]}
    assert read_diagnosis(written(tmp_path, json.dumps(document).encode())).run.name == "day20-run3"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (json.dumps({"schema_version": SCHEMA_VERSION + 1, "run": 3}).encode(), "newer than schema 1"),
        (full().to_json()[:2000], "cut short or damaged"),
        (b"", "cut short or damaged"),
        (b"\xff\xfe\x00", "cut short or damaged"),
        (b"[1, 2]", "not a diagnosis"),
        (b'{"name": "a results file"}', "not a diagnosis"),
        (b'{"schema_version": 1}', "not a diagnosis"),
        (b'{"schema_version": 1, "run": ' + b"[" * 5000, "cut short|not a diagnosis"),
    ],
)
def test_any_other_file_is_refused_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        read_diagnosis(written(tmp_path, data))
    assert "diagnosis.json" in str(refused.value)
    assert "update run-forensics" in str(refused.value) or "forensics analyze" in str(refused.value)


def test_a_truncation_anywhere_is_refused(tmp_path: Path) -> None:
    data = diagnosis().to_json().strip()
    for length in range(0, len(data), 7):
        with pytest.raises(UsageError):
            read_diagnosis(written(tmp_path, data[:length]))


def test_an_absent_file_and_one_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_diagnosis(tmp_path / "none.json")
    with pytest.raises(UsageError, match="larger than 10 bytes"):
        read_diagnosis(written(tmp_path, full().to_json()), Limits(document_bytes=10))


def test_a_diagnosis_is_told_from_a_run_of_one_file(tmp_path: Path) -> None:
    assert is_saved(written(tmp_path, b"{", "diagnosis.json"))
    assert is_saved(written(tmp_path, full().to_json(), "before.json"))
    assert not is_saved(written(tmp_path, b'{"steps": [1, 2]}', "results.json"))
    assert not is_saved(tmp_path)
